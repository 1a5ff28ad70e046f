/**
 * What do several runs say together? The mean over unequal grids of x with a band around it, as nbtrack/figures/bands.py.
 *
 * A run counts between its first and its last finite point, in between by straight lines.
 */

import type { Line } from "./line";
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

/** More x's than this are evenly thinned. */
const MOST = 20_000;
export function bandOf(lines: readonly Points[], kind: string): Band {
  const finite = lines.map(finiteOnce).filter(({ x }) => x.length > 0);
  const x = gridOf(finite);
  const n = new Float64Array(x.length);
  const mean = new Float64Array(x.length);
  const low = new Float64Array(x.length).fill(Infinity);
  const high = new Float64Array(x.length).fill(-Infinity);
  const values = finite.map((line) => along(line, x));
  for (const held of values) {
    held.forEach((value, at) => {
      if (Number.isNaN(value)) return;
      n[at]++;
      mean[at] += value;
      if (value < low[at]) low[at] = value;
      if (value > high[at]) high[at] = value;
    });
  }
  for (let at = 0; at < x.length; at++) mean[at] /= Math.max(1, n[at]);
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

/** The finite points, the later of several at one x. */
function finiteOnce({ x, y }: Points): Points {
  const places: number[] = [];
  for (let i = 0; i < x.length; i++) {
    if (!Number.isFinite(y[i])) continue;
    if (places.length > 0 && x[places[places.length - 1]] === x[i]) places.pop();
    places.push(i);
  }
  return { x: Float64Array.from(places, (at) => x[at]), y: Float64Array.from(places, (at) => y[at]) };
}

function gridOf(lines: readonly Points[]): Float64Array {
  let size = 0;
  for (const { x } of lines) size += x.length;
  const all = new Float64Array(size);
  let at = 0;
  for (const { x } of lines) {
    all.set(x, at);
    at += x.length;
  }
  const grid = all.sort().filter((x, i) => i === 0 || x !== all[i - 1]);
  if (grid.length <= MOST) return grid;
  return Float64Array.from({ length: MOST }, (_, i) => grid[Math.floor((i * (grid.length - 1)) / (MOST - 1) + 0.5)]);
}

/** y at each x of the grid, NaN outside. */
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
