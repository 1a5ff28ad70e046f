/**
 * What do several runs say together? The mean over unequal grids of x with a band around it, as nbtrack/figures/bands.py.
 *
 * A run counts between its first and its last point, in between by straight lines. A point that is NaN or infinite is a
 * gap: there, and up to the finite points beside it, the run does not count. `n` says how many do; where none does, the
 * mean is NaN.
 */

import { lowerBound, type Line } from "./line";
import { half95, SURE } from "./student";

export const BANDS = ["sd", "ci", "minmax"] as const;

export interface Band {
  x: Float64Array;
  mean: Float64Array;
  low: Float64Array;
  high: Float64Array;
  /** Runs that count at each x. */
  n: Float64Array;
  /** What an axis must hold: the band, and where it is the interval of two runs only these. */
  reach: { low: Float64Array; high: Float64Array };
}

type Points = Pick<Line, "x" | "y">;

/** More x's than this are evenly thinned; the ends of a min–max band still hold every point. */
const MOST = 20_000;

export function bandOf(lines: readonly Points[], kind: string): Band {
  const single = lines.map(onceEach).filter(({ x }) => x.length > 0);
  const { x, whole } = gridOf(single);
  const n = new Float64Array(x.length);
  const mean = new Float64Array(x.length);
  const low = new Float64Array(x.length).fill(Infinity);
  const high = new Float64Array(x.length).fill(-Infinity);
  const values = single.map((line) => along(line, x));
  for (const held of values) {
    held.forEach((value, at) => {
      if (Number.isNaN(value)) return;
      n[at]++;
      mean[at] += value;
      if (value < low[at]) low[at] = value;
      if (value > high[at]) high[at] = value;
    });
  }
  if (!whole) for (const line of single) stretch(line, x, low, high);
  for (let at = 0; at < x.length; at++) {
    mean[at] = n[at] > 0 ? mean[at] / n[at] : NaN;
    if (low[at] > high[at]) low[at] = high[at] = NaN;
  }
  if (kind === "minmax") return { x, mean, low, high, n, reach: { low, high } };
  const reach = { low: low.slice(), high: high.slice() };
  const squares = new Float64Array(x.length);
  for (const held of values) held.forEach((value, at) => Number.isNaN(value) || (squares[at] += (value - mean[at]) ** 2));
  for (let at = 0; at < x.length; at++) {
    const sd = Math.sqrt(squares[at] / Math.max(1, n[at] - 1));
    const half = kind === "ci" ? half95(sd, n[at]) : sd;
    low[at] = mean[at] - half;
    high[at] = mean[at] + half;
    if (kind === "ci" && n[at] < SURE) continue;
    reach.low[at] = low[at];
    reach.high[at] = high[at];
  }
  return { x, mean, low, high, n, reach };
}

/** One point at each x: the last finite one of several, and NaN where none is finite. */
function onceEach({ x, y }: Points): Points {
  const places: number[] = [];
  for (let i = 0; i < x.length; i++) {
    const before = places.length - 1;
    if (before < 0 || x[places[before]] !== x[i]) places.push(i);
    else if (Number.isFinite(y[i])) places[before] = i;
  }
  return { x: Float64Array.from(places, (at) => x[at]), y: Float64Array.from(places, (at) => (Number.isFinite(y[at]) ? y[at] : NaN)) };
}

function gridOf(lines: readonly Points[]): { x: Float64Array; whole: boolean } {
  let size = 0;
  for (const { x } of lines) size += x.length;
  const all = new Float64Array(size);
  let at = 0;
  for (const { x } of lines) {
    all.set(x, at);
    at += x.length;
  }
  const grid = all.sort().filter((x, i) => i === 0 || x !== all[i - 1]);
  if (grid.length <= MOST) return { x: grid, whole: true };
  return { x: Float64Array.from({ length: MOST }, (_, i) => grid[Math.floor((i * (grid.length - 1)) / (MOST - 1) + 0.5)]), whole: false };
}

/** y at each x of the grid; NaN outside and in gaps. */
function along({ x, y }: Points, grid: Float64Array): Float64Array {
  const found = new Float64Array(grid.length).fill(NaN);
  let after = 0;
  for (let at = 0; at < grid.length; at++) {
    const here = grid[at];
    if (here < x[0]) continue;
    if (here > x[x.length - 1]) break;
    while (x[after] < here) after++;
    if (x[after] === here) found[at] = y[after];
    else {
      const slope = (y[after] - y[after - 1]) / (x[after] - x[after - 1]);
      found[at] = slope * (here - x[after - 1]) + y[after - 1];
    }
  }
  return found;
}

/** Let the ends hold the points that the thinned grid leaves out, each at the next x. */
function stretch({ x, y }: Points, grid: Float64Array, low: Float64Array, high: Float64Array): void {
  for (let i = 0; i < x.length; i++) {
    const at = lowerBound(grid, x[i]);
    if (y[i] < low[at]) low[at] = y[i];
    if (y[i] > high[at]) high[at] = y[i];
  }
}
