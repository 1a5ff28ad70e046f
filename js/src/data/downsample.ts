/**
 * Which points of a line must be drawn, so that the picture is the same as with all of them? In each column of pixels the
 * first, the lowest, the highest and the last: every extreme shows at every width, and zoomed in every point does.
 */

/** In pixels: `offset + factor * x`, of log10(x) on a logarithmic axis. */
export interface Ruler {
  factor: number;
  offset: number;
  log: boolean;
}

export function ruler(min: number, max: number, from: number, to: number, log: boolean): Ruler {
  const [low, high] = log ? [Math.log10(min), Math.log10(max)] : [min, max];
  const factor = high === low ? 0 : (to - from) / (high - low);
  return { factor, offset: from - factor * low, log };
}

export function place({ factor, offset, log }: Ruler, x: number): number {
  return offset + factor * (log ? Math.log10(x) : x);
}

/** A column with this many points keeps them all. */
const FEW = 4;

/**
 * Places of the points to draw, ascending, out of [from, to) of a line in order of x. A column that holds nothing finite
 * above `floor` keeps its first point, which breaks the line there.
 */
export function thin(x: Float64Array, y: Float64Array, from: number, to: number, scale: Ruler, floor = -Infinity): Int32Array {
  const kept = new Int32Array(Math.max(0, to - from));
  let n = 0;
  let next = from < to ? Math.floor(place(scale, x[from])) : 0;
  for (let start = from, end = from; start < to; start = end) {
    const column = next;
    end = start + 1;
    while (end < to && (next = Math.floor(place(scale, x[end]))) === column) end++;
    if (end - start <= FEW) for (let i = start; i < end; i++) kept[n++] = i;
    else for (const i of corners(y, start, end, floor)) kept[n++] = i;
  }
  return kept.subarray(0, n);
}

function corners(y: Float64Array, start: number, end: number, floor: number): number[] {
  let first = -1;
  let last = -1;
  let low = -1;
  let high = -1;
  for (let i = start; i < end; i++) {
    const value = y[i];
    if (!(value > floor && value < Infinity)) continue;
    if (first < 0) first = low = high = i;
    last = i;
    if (value < y[low]) low = i;
    if (value > y[high]) high = i;
  }
  if (first < 0) return [start];
  const [a, b] = low < high ? [low, high] : [high, low];
  const picked = [first];
  for (const i of [a, b, last]) if (i !== picked[picked.length - 1]) picked.push(i);
  return picked;
}

/** From and to of each stretch of numbers that are not NaN between two places. */
export function stretches(y: Float64Array, first: number, last: number): [from: number, to: number][] {
  const found: [number, number][] = [];
  for (let at = Math.max(0, first), from = -1; at <= last; at++) {
    const here = at < last && !Number.isNaN(y[at]);
    if (here && from < 0) from = at;
    else if (!here && from >= 0) {
      found.push([from, at]);
      from = -1;
    }
  }
  return found;
}
