/** What does a history look like as a line? Points in order of x, exact repeats dropped, what is not finite counted. */

import type { Series } from "./series";

/** step · wall time in ms · seconds since the run's start · else the name of a metric. */
export type XAxis = string;
export const AXES: readonly XAxis[] = ["step", "time", "relative"];

export interface Line {
  x: Float64Array;
  /** NaN and infinities are kept: they are drawn as gaps with marks. */
  y: Float64Array;
  nans: number;
  infinities: number;
  /** Places of the smallest and the largest finite value; -1 where there is none. */
  minAt: number;
  maxAt: number;
}

export type Points = Pick<Series, "step" | "time" | "value" | "length">;

/** `start` is the run's start in ms, for relative time; the first point's time where it is not known or later than that. */
export function lineOf(series: Points, axis: XAxis, start: number | null): Line {
  const { step, time, value, length: n } = series;
  const key = axis === "step" ? step : time;
  const order = sorted(key, time, n);
  const x = new Float64Array(n);
  const y = new Float64Array(n);
  let kept = 0;
  for (let i = 0; i < n; i++) {
    const at = order ? order[i] : i;
    if (i > 0) {
      const before = order ? order[i - 1] : i - 1;
      const same = Object.is(value[at], value[before]);
      if (same && step[at] === step[before] && time[at] === time[before]) continue;
    }
    x[kept] = key[at];
    y[kept++] = value[at];
  }
  const line = { x: x.subarray(0, kept), y: y.subarray(0, kept) };
  if (axis === "relative" && kept > 0) {
    const zero = zeroOf(line.x[0], start);
    for (let i = 0; i < kept; i++) line.x[i] = (line.x[i] - zero) / 1000;
  }
  return { ...line, ...factsOf(line.y) };
}

/** Where relative time begins: the run's start, or its first point where that is unknown or later. */
export const zeroOf = (first: number, start: number | null): number => (start !== null && start <= first ? start : first);

/** x is another metric at the same step; in order of x. Steps that only one of them has are left out. */
export function byMetric(points: Points, other: Points): Line {
  const mine = lastOfSteps(points);
  const theirs = lastOfSteps(other);
  const pairs: [x: number, y: number][] = [];
  for (let i = 0, j = 0; i < mine.length && j < theirs.length; ) {
    const [a, b] = [points.step[mine[i]], other.step[theirs[j]]];
    if (a === b && Number.isFinite(other.value[theirs[j]])) pairs.push([other.value[theirs[j]], points.value[mine[i]]]);
    if (a <= b) i++;
    if (b <= a) j++;
  }
  pairs.sort((a, b) => a[0] - b[0]);
  const y = Float64Array.from(pairs, (pair) => pair[1]);
  return { x: Float64Array.from(pairs, (pair) => pair[0]), y, ...factsOf(y) };
}

/** Places of one point a step, the latest where there are several; in order of step. */
export function lastOfSteps({ step, time, length: n }: Points): Uint32Array {
  const order = sorted(step, time, n) ?? Uint32Array.from({ length: n }, (_, at) => at);
  return order.filter((at, i) => i + 1 === n || step[order[i + 1]] !== step[at]);
}

/** The order by (key, time), the older line first; null where the points are already in it. */
function sorted(key: Float64Array, time: Float64Array, n: number): Uint32Array | null {
  let i = 1;
  while (i < n && (key[i] > key[i - 1] || (key[i] === key[i - 1] && time[i] >= time[i - 1]))) i++;
  if (i >= n) return null;
  return Uint32Array.from({ length: n }, (_, at) => at).sort((a, b) => key[a] - key[b] || time[a] - time[b] || a - b);
}

export function factsOf(y: Float64Array): Pick<Line, "nans" | "infinities" | "minAt" | "maxAt"> {
  let nans = 0;
  let infinities = 0;
  let minAt = -1;
  let maxAt = -1;
  for (let i = 0; i < y.length; i++) {
    const value = y[i];
    if (Number.isNaN(value)) nans++;
    else if (!Number.isFinite(value)) infinities++;
    else {
      if (minAt < 0 || value < y[minAt]) minAt = i;
      if (maxAt < 0 || value > y[maxAt]) maxAt = i;
    }
  }
  return { nans, infinities, minAt, maxAt };
}

/** The first place whose x is at least `at`. */
export function lowerBound(x: Float64Array, at: number): number {
  let low = 0;
  let high = x.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (x[middle] < at) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** The place whose x is nearest to `at`, the later one of two as near; -1 in an empty line. */
export function nearest(x: Float64Array, at: number): number {
  const after = lowerBound(x, at);
  if (after === 0) return x.length ? 0 : -1;
  if (after === x.length) return x.length - 1;
  return at - x[after - 1] < x[after] - at ? after - 1 : after;
}
