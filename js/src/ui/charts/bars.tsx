/** The last value of each run, or the mean of each group of them, the best first: bars by value read better than lone dots. */

import type { Signal } from "@preact/signals";
import { label } from "../../data/columns";
import type { Direction } from "../../data/directions";
import type { Frame } from "../../data/frame";
import { barsOf, meanBarsOf } from "../../data/pictures";
import { directionIn } from "../../state/state";
import type { Ink } from "../color";
import { num } from "../format";
import { open as openRun } from "../run_acts";
import { groupInks } from "./assemble";
import { useScene, type Scene } from "./scene";
import { Swatch } from "./swatch";

/** As nbtrack/figures/history.py says it. */
export const BEYOND = "the 95 % interval of two runs goes beyond the axis";

/** One bar as it is drawn. */
export interface BarShown {
  /** The run, or the name of a group. */
  key: string;
  name: string;
  /** On the page, where there is little room: of a group by one column its value alone. */
  short: string;
  ink: Ink;
  value: number;
  /** Around the mean of a group: its ends, and what of it an axis must hold. */
  band: { low: number; high: number; reach: [low: number, high: number] } | null;
}

/** Those of a panel: hidden runs are left out, and grouped ones are one bar. */
export function barsShown(scene: Scene, metric: string): BarShown[] {
  const { state } = scene;
  const frame = state.frame.value;
  const { ids, inks, names, hidden } = scene.drawn();
  const rows = ids.flatMap((run) => (hidden.has(run) ? [] : (frame.rowOf.get(run) ?? [])));
  const direction = directionIn(state, metric);
  if (scene.merged()) return meansShown(frame, rows, metric, direction, scene.groups(), state.view.value.chart.band, groupInks(scene));
  return runsShown(frame, rows, metric, direction, inks, names);
}

export function runsShown(frame: Frame, rows: readonly number[], metric: string, direction: Direction | null, inks: ReadonlyMap<string, Ink>, names: ReadonlyMap<string, string>): BarShown[] {
  return barsOf(frame, rows, metric, direction).map(({ row, value }) => {
    const key = frame.ids[row];
    const name = names.get(key)!;
    return { key, name, short: name, ink: inks.get(key)!, value, band: null };
  });
}

export function meansShown(
  frame: Frame,
  rows: readonly number[],
  metric: string,
  direction: Direction | null,
  columns: readonly string[],
  kind: string,
  inks: ReadonlyMap<string, Ink>,
): BarShown[] {
  return meanBarsOf(frame, rows, metric, direction, columns, kind).map(({ name, value, low, high, n, of, reach }) => ({
    key: name,
    name: `${name} (${countOf(n, of)})`,
    short: `${columns.length === 1 ? name.slice(label(columns[0]).length + 3) : name} (${countOf(n, of)})`,
    ink: inks.get(name)!,
    value,
    band: n > 1 ? { low, high, reach } : null,
  }));
}

/** Of a mean: 4, or 3 of 4 where not every run of the group has a finite value. */
const countOf = (n: number, of: number) => (n < of ? `${n} of ${of}` : String(n));

/** What the axis of these bars holds; the bars begin at 0. */
export function extentOf(bars: readonly Pick<BarShown, "value" | "band">[]): [low: number, high: number] {
  const ends = bars.flatMap(({ value, band }) => [value, ...(band?.reach ?? [])]).filter(Number.isFinite);
  return [Math.min(0, ...ends), Math.max(0, ...ends)];
}

/** ± 0.02, or the two ends where they are not alike. */
export function bandText({ value, band }: Pick<BarShown, "value" | "band">, kind: string): string {
  if (!band) return "";
  return kind === "minmax" ? `${num(band.low)} … ${num(band.high)}` : `± ${num(Number((band.high - value).toPrecision(2)))}`;
}

export function Bars({ metric }: { metric: string }) {
  const scene = useScene();
  const { state, pointed } = scene;
  const ranked = directionIn(state, metric) !== null;
  return <BarList bars={barsShown(scene, metric)} ranked={ranked} kind={state.view.value.chart.band} pointed={pointed} {...(!scene.merged() && { open: (run) => openRun(state, run) })} />;
}

interface Props {
  bars: readonly BarShown[];
  /** Is the first one the best? */
  ranked: boolean;
  kind: string;
  pointed: Signal<string | null>;
  open?: (run: string) => void;
}

export function BarList({ bars, ranked, kind, pointed, open }: Props) {
  const [low, high] = extentOf(bars);
  const share = (value: number) => (high === low ? 0 : (100 * (Math.min(high, Math.max(low, value)) - low)) / (high - low));
  const beyond = bars.some(({ band }) => band && (band.low < low || band.high > high));
  return (
    <>
      <ol class="nbt-bars">
        {bars.map((bar, place) => {
          const { key, name, short, ink, value, band } = bar;
          const best = ranked && place === 0 && bars.length > 1 && Number.isFinite(value);
          const told = bandText(bar, kind);
          return (
            <li
              key={key}
              class={pointed.value === key ? "nbt-pointed" : ""}
              title={told && `${name}: ${num(value)} ${told}`}
              onMouseEnter={() => (pointed.value = key)}
              onMouseLeave={() => (pointed.value = null)}
            >
              <span class="nbt-bars-name" title={name}>
                <Swatch ink={ink} />
                {open ? (
                  <button type="button" class="nbt-textlink" title={`Open ${name}`} onClick={() => open(key)}>
                    {short}
                  </button>
                ) : (
                  <span>{short}</span>
                )}
              </span>
              <span class="nbt-bars-track">
                {Number.isFinite(value) && (
                  <span
                    class="nbt-bars-bar"
                    style={{
                      left: `${share(Math.min(0, value))}%`,
                      width: `${Math.abs(share(value) - share(0))}%`,
                      background: ink.color,
                    }}
                  />
                )}
                {band && <span class="nbt-bars-band" style={{ left: `${share(band.low)}%`, width: `${share(band.high) - share(band.low)}%` }} />}
              </span>
              <span class="nbt-bars-value">
                <span class={best ? "nbt-number nbt-winner" : "nbt-number"}>{num(value)}</span>
                {told && <span class="nbt-bars-told nbt-dim"> {told}</span>}
              </span>
            </li>
          );
        })}
      </ol>
      {beyond && <div class="nbt-figure-note nbt-dim">{BEYOND}</div>}
    </>
  );
}
