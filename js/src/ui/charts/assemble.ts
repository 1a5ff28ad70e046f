/** What does one panel draw? From histories, selection and settings to lines, cached as long as their points stay. */

import { number, type Frame } from "../../data/frame";
import { lineOf, type Line, type XAxis } from "../../data/line";
import type { Series } from "../../data/series";
import { debiased } from "../../data/smooth";
import type { Ink } from "../color";
import { isLive, runName } from "../drawn";
import type { Scene } from "./scene";

export interface DrawnLine {
  run: string;
  name: string;
  ink: Ink;
  line: Line;
  /** The smoothed y, or null without smoothing. */
  smooth: Float64Array | null;
  live: boolean;
}

export interface Assembled {
  lines: DrawnLine[];
  waiting: number;
  /** Histories that exist but are not here, and cannot be fetched. */
  absent: number;
  /** Lines that stand for more points than are here. */
  thinned: number;
}

const lines = new WeakMap<Series, { key: string; line: Line }>();
const smooths = new WeakMap<Line, { weight: number; y: Float64Array }>();

export function assemble(scene: Scene, metric: string): Assembled {
  const { state, histories } = scene;
  const view = state.view.value;
  const frame = state.frame.value;
  const { ids, inks, hidden } = scene.drawn();
  const { x, smoothing } = view.chart;
  const fine = scene.zoom.value !== null || smoothing > 0 || scene.big.value === metric;
  const made: Assembled = { lines: [], waiting: 0, absent: 0, thinned: 0 };
  for (const run of ids) {
    if (hidden.has(run)) continue;
    const series = state.book.get(run, metric) ?? lonePoint(frame, run, metric, x as XAxis);
    if (!series || series.length === 0) {
      if (countOf(frame, run, metric) === 0) continue;
      histories.want(run, metric, false);
      made[histories.standing(run, metric) === "waiting" ? "waiting" : "absent"]++;
      continue;
    }
    if (series.total > series.length) {
      made.thinned++;
      if (fine && state.life.value === "live") histories.want(run, metric, true);
    }
    const line = lineFor(series, x as XAxis, startOf(frame, run));
    made.lines.push({
      run,
      name: runName(frame, run),
      ink: inks.get(run)!,
      line,
      smooth: smoothing > 0 ? smoothFor(line, smoothing) : null,
      live: isLive(state, run),
    });
  }
  return made;
}

/** How many points a run's history of a metric has, as the table knows it. */
export function countOf(frame: Frame, run: string, metric: string): number {
  const column = frame.columns.get(`metrics.${metric}`);
  const row = frame.rowOf.get(run);
  if (column?.kind !== "metric" || row === undefined || column.missing[row]) return 0;
  return Math.max(1, column.count[row]);
}

const lone = new WeakMap<Frame, Map<string, Series>>();

/** A history of one point is known from the table; only its time is not. */
function lonePoint(frame: Frame, run: string, metric: string, x: XAxis): Series | undefined {
  if (x !== "step" || countOf(frame, run, metric) !== 1) return undefined;
  let known = lone.get(frame);
  if (!known) lone.set(frame, (known = new Map()));
  const name = `${run}\n${metric}`;
  let series = known.get(name);
  if (!series) {
    const column = frame.columns.get(`metrics.${metric}`);
    const row = frame.rowOf.get(run)!;
    if (column?.kind !== "metric") return undefined;
    const one = (value: number) => Float64Array.of(value);
    const [step, value] = [one(column.step[row]), one(column.values[row])];
    known.set(name, (series = { run, key: metric, step, time: one(NaN), value, length: 1, total: 1 }));
  }
  return series;
}

function startOf(frame: Frame, run: string): number | null {
  const row = frame.rowOf.get(run);
  return row === undefined ? null : number(frame, "start_time", row);
}

function lineFor(series: Series, x: XAxis, start: number | null): Line {
  const key = `${x}|${start}|${series.length}|${series.total}`;
  const known = lines.get(series);
  if (known?.key === key) return known.line;
  const line = lineOf(series, x, start);
  lines.set(series, { key, line });
  return line;
}

function smoothFor(line: Line, weight: number): Float64Array {
  const known = smooths.get(line);
  if (known?.weight === weight) return known.y;
  const y = debiased(line.y, weight);
  smooths.set(line, { weight, y });
  return y;
}
