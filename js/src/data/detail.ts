/** How does a part of a long history that was sent in full join the few points that the whole of it is drawn from? */

import { factsOf, lineOf, lowerBound, zeroOf, type Line, type Points, type XAxis } from "./line";

/** A part of the x axis in its own units, in this many columns of pixels. */
export interface Sight {
  axis: XAxis;
  log: boolean;
  from: number;
  to: number;
  columns: number;
}

/** What the kernel sent of a part. */
export interface Detail extends Sight {
  points: Points;
  /** All points of the part are here; else the extremes of each column. */
  every: boolean;
  /** Points of the history when it was sent; those that came since stand in the book. */
  total: number;
  /** The book's line was replaced this often when it was sent. */
  replaced: number;
}

/** A little beyond what is seen, so that a small move asks for nothing. */
const BEYOND = 0.5;
/** Columns are asked for in steps of this many: a panel that grows a little asks for nothing. */
const STEP = 256;
const SLACK = 1.01;

/** What to ask for, so that `seen` is drawn as with all points. */
export function around(seen: Sight): Sight {
  const columns = STEP * Math.ceil(seen.columns / STEP);
  if (seen.from === -Infinity && seen.to === Infinity) return { ...seen, columns };
  const [from, to] = [seen.from, seen.to].map(scale(seen.log));
  const by = (to - from) * BEYOND;
  const back = (x: number) => (seen.log ? 10 ** x : x);
  return { ...seen, from: back(from - by), to: back(to + by), columns: Math.ceil(columns * (1 + 2 * BEYOND)) };
}

/** Is `seen` drawn from it as with all points? */
export function suffices(detail: Detail, seen: Sight): boolean {
  if (detail.axis !== seen.axis || detail.from > seen.from || detail.to < seen.to) return false;
  if (detail.every) return true;
  if (detail.log !== seen.log) return false;
  if (detail.from === -Infinity && detail.to === Infinity) {
    return seen.from === -Infinity && seen.to === Infinity && detail.columns >= seen.columns;
  }
  const at = scale(seen.log);
  return (at(detail.to) - at(detail.from)) / detail.columns <= (SLACK * (at(seen.to) - at(seen.from))) / seen.columns;
}

const scale = (log: boolean) => (x: number) => (log ? Math.log10(Math.max(x, Number.MIN_VALUE)) : x);

/** Where the relative time of these points begins. */
export function beginningOf({ time, length }: Points, start: number | null): number {
  let first = Infinity;
  for (let i = 0; i < length; i++) if (time[i] < first) first = time[i];
  return zeroOf(first, start);
}

/** `coarse` with the points of `detail` in its part. What came after the detail was sent is in `coarse` alone. */
export function joined(coarse: Line, detail: Detail, start: number | null): Line {
  const fine = lineOf(detail.points, detail.axis, start);
  // All points of a part stand for themselves; extremes only add to those that are here.
  const x0 = detail.every ? detail.from : -Infinity;
  const middle = detail.every ? between(fine, x0, detail.to) : fine;
  if (middle.x.length === 0) return coarse;
  const first = lowerBound(coarse.x, x0);
  const last = upperBound(coarse.x, middle.x[middle.x.length - 1]);
  const within = detail.every ? middle : merged(between(coarse, x0, middle.x[middle.x.length - 1]), middle);
  const parts = [between(coarse, -Infinity, x0, first), within, { x: coarse.x.subarray(last), y: coarse.y.subarray(last) }];
  const x = concat(parts.map((part) => part.x));
  const y = concat(parts.map((part) => part.y));
  return { x, y, ...factsOf(y) };
}

type Part = Pick<Line, "x" | "y">;

/** From the first x that is at least `from` to the last that is at most `to`, or up to the place `end`. */
function between({ x, y }: Part, from: number, to: number, end = upperBound(x, to)): Part {
  const first = Math.min(end, lowerBound(x, from));
  return { x: x.subarray(first, end), y: y.subarray(first, end) };
}

function upperBound(x: Float64Array, at: number): number {
  let i = lowerBound(x, at);
  while (i < x.length && x[i] === at) i++;
  return i;
}

function concat(parts: readonly Float64Array[]): Float64Array {
  const whole = new Float64Array(parts.reduce((n, part) => n + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

/** In order of x; what both have stands once. */
function merged(a: Part, b: Part): Part {
  const x = new Float64Array(a.x.length + b.x.length);
  const y = new Float64Array(x.length);
  let n = 0;
  for (let i = 0, j = 0; i < a.x.length || j < b.x.length; n++) {
    const mine = j >= b.x.length || (i < a.x.length && a.x[i] <= b.x[j]);
    if (mine && j < b.x.length && a.x[i] === b.x[j] && Object.is(a.y[i], b.y[j])) j++;
    [x[n], y[n]] = mine ? [a.x[i], a.y[i]] : [b.x[j], b.y[j]];
    if (mine) i++;
    else j++;
  }
  return { x: x.subarray(0, n), y: y.subarray(0, n) };
}
