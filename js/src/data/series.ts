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

export class SeriesBook {
  private readonly byRun = new Map<string, Map<string, Series>>();

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
        }
      } else if (from > series.total) gaps.push([run, key]);
      else if (from + n > series.total) {
        const fresh = start + (series.total - from);
        push(series, steps.subarray(fresh, end), times.subarray(fresh, end), values.subarray(fresh, end));
        series.total = from + n;
      }
      start = end;
    }
    return gaps;
  }

  private at(run: string, key: string): Series {
    let keys = this.byRun.get(run);
    if (!keys) this.byRun.set(run, (keys = new Map()));
    let series = keys.get(key);
    if (!series) {
      const none = () => new Float64Array(0);
      keys.set(key, (series = { run, key, step: none(), time: none(), value: none(), length: 0, total: 0, replaced: 0 }));
    }
    return series;
  }
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
