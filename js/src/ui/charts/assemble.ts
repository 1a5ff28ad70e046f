/** What does one panel draw? From histories, selection and settings to lines, cached as long as their points stay. */

import { bandOf } from "../../data/bands";
import { joined as withDetail, beginningOf, type Detail, type Sight } from "../../data/detail";
import { evaluate, namesIn, parseExpression, type Tree } from "../../data/expression";
import { number, type Frame } from "../../data/frame";
import { groupName } from "../../data/groups";
import { AXES, byMetric, factsOf, lineOf, type Line, type XAxis } from "../../data/line";
import type { Series } from "../../data/series";
import { smoothed } from "../../data/smooth";
import { orderedInks, type Ink } from "../color";
import { isLive } from "../drawn";
import type { Scene } from "./scene";

export interface DrawnLine {
  /** The run, or the name of a group of them. */
  run: string;
  name: string;
  ink: Ink;
  line: Line;
  /** The smoothed y, or null without smoothing. */
  smooth: Float64Array | null;
  live: boolean;
  /** Around the mean of a group. */
  band: GroupBand | null;
}

export interface GroupBand {
  low: Line;
  high: Line;
  /** What of it an axis must hold. */
  reach: { low: Line; high: Line };
  /** Runs that count at each x, and how many the group has. */
  n: Float64Array;
  of: number;
  /** The mean where all runs count, NaN elsewhere; null where they do everywhere. */
  full: Float64Array | null;
  /** Runs that end before the last x of the group, and runs whose last value is not finite. */
  early: number;
  diverged: number;
}

export interface Assembled {
  lines: DrawnLine[];
  waiting: number;
  /** Histories that exist but are not here, and cannot be fetched. */
  absent: number;
  /** Lines of fewer points than there are to see: that more are on their way, cannot be had, or would be too many. */
  coarse: { waiting: number; refused: number; many: number };
  /** The metrics that all must be there for a line. */
  names: string[];
}

/** What a panel is of: a metric by its name, or an expression over several. */
export function treeOf(scene: Scene, panel: string): Tree {
  const { formulas } = scene.state.view.value.chart;
  if (!formulas.includes(panel) || scene.state.frame.value.columns.has(`metrics.${panel}`)) return panel;
  try {
    return parseExpression(panel, knownMetrics(scene.state.frame.value));
  } catch {
    return panel; // it was sound when it was written; now it draws nothing
  }
}

export function knownMetrics(frame: Frame): string[] {
  return [...frame.columns.keys()].filter((name) => name.startsWith("metrics.")).map((name) => name.slice("metrics.".length));
}

/** Points of one panel that are asked for where a picture needs every one: 24 bytes each. */
const MOST_WHOLE = 2_000_000;
/** A history of fewer points is asked for whole rather than in parts. */
const SHORT = 10_000;

/** `columns`: pixels of the screen that the panel is wide. */
export function assemble(scene: Scene, panel: string, columns: number): Assembled {
  const { state } = scene;
  const { x, smoothing, smoother, band, log_x } = state.view.value.chart;
  const frame = state.frame.value;
  const { ids, inks: colors, names, hidden } = scene.drawn();
  const tree = treeOf(scene, panel);
  const other = AXES.includes(x) ? null : x;
  const made: Assembled = { lines: [], waiting: 0, absent: 0, coarse: { waiting: 0, refused: 0, many: 0 }, names: [...namesIn(tree), ...(other ? [other] : [])] };
  const joined = made.names.length > 1;
  const shown = ids.filter((run) => !hidden.has(run));
  // What is computed from several points or lines needs every one of them.
  const every = joined || smoothing > 0 || scene.merged();
  const points = every ? shown.reduce((sum, run) => sum + made.names.reduce((n, name) => n + countOf(frame, run, name), 0), 0) : 0;
  const wanted = { every: every && points <= MOST_WHOLE, many: points > MOST_WHOLE };
  const [from, to] = scene.zoom.value ?? [-Infinity, Infinity];
  const sight: Sight = { axis: x, log: log_x && x !== "time", from, to, columns };
  for (const run of shown) {
    const found = historiesOf(scene, run, made, wanted);
    if (!found) continue;
    const start = startOf(frame, run);
    const line = joined ? joinedLine(found, tree, x, start) : lineFor(found[0], x, start, every ? null : detailOf(scene, found[0], made, sight, start));
    if (line.x.length === 0) continue;
    made.lines.push({ run, name: names.get(run)!, ink: colors.get(run)!, line, smooth: null, live: isLive(state, run), band: null });
  }
  if (scene.merged()) made.lines = grouped(scene, made.lines, band);
  if (smoothing > 0) made.lines = made.lines.map((each) => softened(each, smoothing, smoother));
  return made;
}

/** The histories of all names, or null where one is missing; what is not here is asked for and counted. */
function historiesOf({ state, histories }: Scene, run: string, made: Assembled, wanted: { every: boolean; many: boolean }): Series[] | null {
  const frame = state.frame.value;
  const { x } = state.view.value.chart;
  if (made.names.some((name) => countOf(frame, run, name) === 0 && !state.book.get(run, name)?.length)) return null;
  const found: Series[] = [];
  let standing: "waiting" | "absent" | null = null;
  let thinned: keyof Assembled["coarse"] | null = null;
  for (const name of made.names) {
    const series = state.book.get(run, name) ?? lonePoint(frame, run, name, made.names.length > 1 ? "step" : x);
    if (!series || series.length === 0) {
      histories.want(run, name, wanted.every || countOf(frame, run, name) <= SHORT);
      standing = histories.standing(run, name) === "waiting" ? "waiting" : "absent";
      continue;
    }
    if (series.total > series.length) {
      if (wanted.many) thinned = "many";
      else if (wanted.every || series.total <= SHORT) {
        if (wanted.every) state.book.keep(run, name);
        if (state.life.value === "live") histories.want(run, name, true, series.replaced);
        thinned = histories.standing(run, name) === "waiting" ? "waiting" : "refused";
      }
    }
    found.push(series);
  }
  if (thinned) made.coarse[thinned]++;
  if (standing) made[standing]++;
  return standing ? null : found;
}

/** What is here in full of what the panel shows of a long history. */
function detailOf({ details }: Scene, series: Series, made: Assembled, sight: Sight, start: number | null): Detail | null {
  if (series.total <= Math.max(SHORT, series.length)) return null;
  const { detail, resolution } = details.of(series, sight, start);
  if (resolution !== "enough") made.coarse[resolution]++;
  return detail;
}

const PERHAPS_MANY = 2;

/** How many points a run's history of a metric has, as the table knows it. A server tells none (0): then perhaps many. */
export function countOf(frame: Frame, run: string, metric: string): number {
  const column = frame.columns.get(`metrics.${metric}`);
  const row = frame.rowOf.get(run);
  if (column?.kind !== "metric" || row === undefined || column.missing[row]) return 0;
  return column.count[row] || PERHAPS_MANY;
}

/** A server tells of no run how many points it has: what came of its history is all there is. */
export function isGuess(frame: Frame, run: string, metric: string): boolean {
  const column = frame.columns.get(`metrics.${metric}`);
  const row = frame.rowOf.get(run);
  return column?.kind === "metric" && row !== undefined && !column.missing[row] && column.count[row] === 0;
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
    known.set(name, (series = { run, key: metric, step, time: one(NaN), value, length: 1, total: 1, replaced: 0 }));
  }
  return series;
}

function startOf(frame: Frame, run: string): number | null {
  const row = frame.rowOf.get(run);
  return row === undefined ? null : number(frame, "start_time", row);
}

const lines = new WeakMap<Series, { key: string; detail: Detail | null; line: Line }>();

function lineFor(series: Series, x: XAxis, start: number | null, detail: Detail | null): Line {
  const key = `${x}|${start}|${series.length}|${series.total}`;
  const known = lines.get(series);
  if (known?.key === key && known.detail === detail) return known.line;
  const whole = lineOf(series, x, start);
  const line = detail ? withDetail(whole, detail, x === "relative" ? beginningOf(series, start) : start) : whole;
  lines.set(series, { key, detail, line });
  return line;
}

const joins = new WeakMap<Series, Map<string, { key: string; line: Line }>>();

/** Of an expression, or over another metric, whose history is the last of `found` then. */
function joinedLine(found: readonly Series[], tree: Tree, x: XAxis, start: number | null): Line {
  const name = JSON.stringify([tree, x]);
  const key = `${start}|${found.map(({ length, total }) => `${length} ${total}`).join()}`;
  let known = joins.get(found[0]);
  if (!known) joins.set(found[0], (known = new Map()));
  const before = known.get(name);
  if (before?.key === key) return before.line;
  const points = typeof tree === "string" ? found[0] : evaluate(tree, new Map(namesIn(tree).map((each, at) => [each, found[at]])));
  const line = AXES.includes(x) ? lineOf(points, x, start) : byMetric(points, found[found.length - 1]);
  known.set(name, { key, line });
  return line;
}

const smooths = new WeakMap<Float64Array, { key: string; y: Float64Array }>();

function smoothFor(raw: Float64Array, weight: number, smoother: string): Float64Array {
  const key = `${smoother} ${weight}`;
  const known = smooths.get(raw);
  if (known?.key === key) return known.y;
  const y = smoothed(raw, weight, smoother);
  smooths.set(raw, { key, y });
  return y;
}

/** A group's mean is smoothed with its band, a run's line has the raw one behind. */
function softened(drawn: DrawnLine, weight: number, smoother: string): DrawnLine {
  const soft = (line: Line): Line => {
    const y = smoothFor(line.y, weight, smoother);
    return { x: line.x, y, ...factsOf(y) };
  };
  const both = ({ low, high }: { low: Line; high: Line }) => ({ low: soft(low), high: soft(high) });
  if (drawn.band) {
    const line = soft(drawn.line);
    const full = drawn.band.full && fullOf(line.y, drawn.band.n, drawn.band.of);
    return { ...drawn, line, band: { ...drawn.band, ...both(drawn.band), reach: both(drawn.band.reach), full } };
  }
  return { ...drawn, smooth: smoothFor(drawn.line.y, weight, smoother) };
}

interface Held {
  members: readonly Line[];
  kind: string;
  line: Line;
  band: GroupBand;
}
const bands = new WeakMap<Line, Held>();

/** Runs with equal values in the columns grouped by as one line: their mean, with a band around it. */
function grouped(scene: Scene, drawn: readonly DrawnLine[], kind: string): DrawnLine[] {
  const frame = scene.state.frame.value;
  const members = new Map<string, DrawnLine[]>();
  for (const each of drawn) {
    const name = groupName(frame, each.run, scene.groups());
    members.set(name, [...(members.get(name) ?? []), each]);
  }
  const colors = groupInks(scene);
  return [...members].map(([name, held]) => {
    const all = held.map(({ line }) => line);
    let known = bands.get(all[0]);
    if (!known || known.kind !== kind || known.members.length !== all.length || known.members.some((line, at) => line !== all[at])) {
      known = { members: all, kind, ...meanOf(all, kind) };
      bands.set(all[0], known);
    }
    const { line, band } = known;
    return { run: name, name: `${name} (${held.length})`, ink: colors.get(name)!, line, smooth: null, live: held.some(({ live }) => live), band };
  });
}

/** The mean of runs; where it has gaps, none of them counts, which is no NaN that was logged. */
function meanOf(lines: readonly Line[], kind: string): { line: Line; band: GroupBand } {
  const { x, mean, low, high, n, reach } = bandOf(lines, kind);
  const of = (y: Float64Array): Line => ({ x, y, ...factsOf(y), nans: 0, infinities: 0 });
  const full = n.some((runs) => runs < lines.length) ? fullOf(mean, n, lines.length) : null;
  const ends = { low: of(low), high: of(high), reach: { low: of(reach.low), high: of(reach.high) } };
  return { line: of(mean), band: { ...ends, n, of: lines.length, full, ...endingsOf(lines) } };
}

const fullOf = (y: Float64Array, n: Float64Array, all: number): Float64Array => y.map((value, at) => (n[at] < all ? NaN : value));

export function endingsOf(lines: readonly Pick<Line, "x" | "y">[]): Pick<GroupBand, "early" | "diverged"> {
  const last = Math.max(...lines.map(({ x }) => x[x.length - 1]));
  const diverged = lines.filter(({ y }) => !Number.isFinite(y[y.length - 1]));
  const early = lines.filter((line) => !diverged.includes(line) && line.x[line.x.length - 1] < last);
  return { early: early.length, diverged: diverged.length };
}

/** The ink of each group of the runs to draw, whichever of them are hidden. */
export function groupInks(scene: Scene): ReadonlyMap<string, Ink> {
  const frame = scene.state.frame.value;
  return orderedInks([...new Set(scene.drawn().ids.map((run) => groupName(frame, run, scene.groups())))]);
}
