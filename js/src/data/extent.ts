/** From where to where does an axis go? */

import { lowerBound, type Line } from "./line";

export type Extent = [min: number, max: number];

const NONE: Extent = [Infinity, -Infinity];

/** The x of all lines together; of what is positive only, on a logarithmic axis. Null where nothing is left. */
export function xExtent(lines: readonly Line[], log: boolean): Extent | null {
  let [min, max] = NONE;
  for (const { x } of lines) {
    const first = log ? lowerBound(x, Number.MIN_VALUE) : 0;
    if (first >= x.length) continue;
    min = Math.min(min, x[first]);
    max = Math.max(max, x[x.length - 1]);
  }
  return min > max ? null : [min, max];
}

/** The finite y (positive ones on a logarithmic axis) of all lines within `over`, or null. */
export function yExtent(lines: readonly Line[], over: Extent, log: boolean): Extent | null {
  let [min, max] = NONE;
  for (const line of lines) {
    const { x, y, minAt, maxAt } = line;
    if (minAt < 0) continue;
    if (x[0] >= over[0] && x[x.length - 1] <= over[1] && (!log || y[minAt] > 0)) {
      min = Math.min(min, y[minAt]);
      max = Math.max(max, y[maxAt]);
      continue;
    }
    for (let i = lowerBound(x, over[0]); i < x.length && x[i] <= over[1]; i++) {
      if (!Number.isFinite(y[i]) || (log && y[i] <= 0)) continue;
      if (y[i] < min) min = y[i];
      if (y[i] > max) max = y[i];
    }
  }
  return min > max ? null : [min, max];
}

/** An axis ends before the distance of its ends is no float any more; values beyond are off it. */
const FAR = Number.MAX_VALUE / 4;

/** A little room around, and some extent where all is one value. */
export function roomy([min, max]: Extent, log: boolean): Extent {
  if (log) {
    const by = min === max ? 2 : (max / min) ** 0.05;
    return [min / by, max * by];
  }
  const [low, high] = [min, max].map((end) => Math.min(Math.max(end, -FAR), FAR));
  const by = low === high ? Math.abs(low) * 0.1 || 1 : (high - low) * 0.06;
  return [low - by, high + by];
}

/** Points looked at to tell outliers from the rest. */
const SAMPLE = 4000;

/**
 * `whole` without outliers: what lies farther from the middle nine tenths than half their extent; where these are one value,
 * than that value itself (1 of a 0, a tenth or ten times on a logarithmic axis). Where all of it is near, `whole` as it is.
 */
export function clipped(lines: readonly Line[], over: Extent, whole: Extent, log: boolean): Extent {
  const size = lines.reduce((sum, { y }) => sum + y.length, 0);
  const every = Math.max(1, Math.floor(size / SAMPLE));
  const values: number[] = [];
  for (const { x, y } of lines) {
    for (let i = 0; i < y.length; i += every) {
      if (x[i] >= over[0] && x[i] <= over[1] && Number.isFinite(y[i]) && (!log || y[i] > 0)) values.push(log ? Math.log10(y[i]) : y[i]);
    }
  }
  if (!values.length) return whole;
  const held = Float64Array.from(values).sort();
  const low = held[Math.floor(0.05 * (held.length - 1))];
  const high = held[Math.ceil(0.95 * (held.length - 1))];
  const beside = (high - low) / 2 || (log ? 1 : Math.abs(low) || 1);
  const back = (value: number) => (log ? 10 ** value : value);
  return [Math.max(whole[0], back(low - beside)), Math.min(whole[1], back(high + beside))];
}
