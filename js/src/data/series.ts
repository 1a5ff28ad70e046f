/** How are metric histories held, so that points can be appended while a cell runs and charts draw without copying? */

import type { Pack } from "./pack";

export interface SeriesHeader {
  /**
   * `from`: index in the history of the chunk's first point; `n`: points here; `total`: points in the history so far.
   * n < total - from means that the chunk was thinned (minimum and maximum kept); `whole` replaces what was there.
   * In the answer to a `range`, the points are a part, and `whole` says that they are all of it.
   */
  chunks: { run: string; key: string; from: number; n: number; total: number; whole: boolean }[];
}

/** Points in the store's order. The arrays are longer than `length`: read through the views of `read`. */
export interface Series {
  run: string;
  key: string;
  step: Float64Array;
  time: Float64Array;
  value: Float64Array;
  length: number;
  /** Points of the history that these stand for; larger than `length` where it was thinned. */
  total: number;
  /** How often all points were replaced by others. */
  replaced: number;
}

interface Held extends Series {
  /** The first `here` points stand, evenly, for the first `of` of the history; behind them every point is here. */
  beginning: { here: number; of: number };
  /** Every point is wanted: none goes, however long it grows. */
  kept: boolean;
}

/** A history that grows longer than this is thinned: its picture stays, and a closer look asks for the points. */
export const LONGEST = 100_000;
const THINNED = 20_000;

export class SeriesBook {
  private readonly byRun = new Map<string, Map<string, Held>>();

  get(run: string, key: string): Series | undefined {
    return this.byRun.get(run)?.get(key);
  }

  keys(run: string): string[] {
    return [...(this.byRun.get(run)?.keys() ?? [])];
  }

  runs(): string[] {
    return [...this.byRun.keys()];
  }

  forget(runs: Iterable<string>): void {
    for (const run of runs) this.byRun.delete(run);
  }

  /** Every point of this history, where there is one, is wanted from now on; those that have gone must be asked for. */
  keep(run: string, key: string): void {
    const series = this.byRun.get(run)?.get(key);
    if (series) series.kept = true;
  }

  /** Put a pack's points in. Returns the (run, key) pairs where points before the chunk are missing. */
  add(pack: Pack<SeriesHeader>): [run: string, key: string][] {
    const [steps, times, values] = pack.arrays as Float64Array[];
    const gaps: [string, string][] = [];
    let start = 0;
    for (const { run, key, from, n, total, whole } of pack.header.chunks) {
      const end = start + n;
      const series = this.at(run, key);
      if (whole) {
        // A snapshot may be older than points that already came one by one, or thinner than what is here.
        if (total > series.total || (total === series.total && n > series.length)) {
          series.length = 0;
          series.replaced++;
          push(series, steps.subarray(start, end), times.subarray(start, end), values.subarray(start, end));
          series.total = total;
          series.beginning = n < total ? { here: n, of: total } : { here: 0, of: 0 };
        }
      } else if (from > series.total) gaps.push([run, key]);
      else if (from + n > series.total) {
        const fresh = start + (series.total - from);
        push(series, steps.subarray(fresh, end), times.subarray(fresh, end), values.subarray(fresh, end));
        series.total = from + n;
        if (series.length > LONGEST && !series.kept) shorten(series);
      }
      start = end;
    }
    return gaps;
  }

  private at(run: string, key: string): Held {
    let keys = this.byRun.get(run);
    if (!keys) this.byRun.set(run, (keys = new Map()));
    let series = keys.get(key);
    if (!series) {
      series = { run, key, ...nothing(), length: 0, total: 0, replaced: 0, beginning: { here: 0, of: 0 }, kept: false };
      keys.set(key, series);
    }
    return series;
  }
}

const nothing = () => ({ step: new Float64Array(0), time: new Float64Array(0), value: new Float64Array(0) });

/** Leave the ends of the history, and of its equal parts the lowest, the highest, and one of each kind that is not finite. */
function shorten(series: Held): void {
  const { length, total, beginning: { here, of } } = series;
  const parts = THINNED / 2;
  const partOf = (i: number) => Math.floor(((i < here ? (i * of) / here : i - here + of) / total) * parts);
  const kept: number[] = [];
  for (let start = 0, end = 0; start < length; start = end) {
    const part = partOf(start);
    for (end = start + 1; end < length && partOf(end) === part; end++);
    kept.push(...telling(series.value, start, end, length));
  }
  for (const name of ["step", "time", "value"] as const) series[name] = Float64Array.from(kept, (i) => series[name][i]);
  series.length = kept.length;
  series.beginning = { here: kept.length, of: total };
  series.replaced++;
}

/** Of the points from `start` to `end` those that a picture of all `length` needs, in order. */
function telling(value: Float64Array, start: number, end: number, length: number): number[] {
  const picked = new Map<unknown, number>();
  if (start === 0) picked.set("first", 0);
  if (end === length) picked.set("last", end - 1);
  for (let i = start; i < end; i++) {
    const y = value[i];
    if (!Number.isFinite(y)) {
      if (!picked.has(y)) picked.set(y, i);
      continue;
    }
    if (!(y >= value[picked.get("low") ?? -1])) picked.set("low", i);
    if (!(y <= value[picked.get("high") ?? -1])) picked.set("high", i);
  }
  return [...new Set(picked.values())].sort((a, b) => a - b);
}

function push(series: Series, step: Float64Array, time: Float64Array, value: Float64Array): void {
  const needed = series.length + step.length;
  if (needed > series.step.length) {
    const room = Math.max(needed, series.length * 2);
    for (const name of ["step", "time", "value"] as const) {
      const grown = new Float64Array(room);
      grown.set(series[name].subarray(0, series.length));
      series[name] = grown;
    }
  }
  series.step.set(step, series.length);
  series.time.set(time, series.length);
  series.value.set(value, series.length);
  series.length = needed;
}
