/** How are the values of a column spread over the runs? */

import { number } from "../query/values";
import type { Column, TextColumn } from "./frame";

export interface Bins {
  /** Where each bin begins, and where the last one ends. A value at an edge is of the bin that begins there. */
  edges: number[];
  counts: number[];
  /** The least and the greatest value of each bin; infinite the wrong way round where it is empty. */
  spans: [least: number, greatest: number][];
}

/** Positive values are spread by their logarithm from this ratio on: learning rates would all be in the first bin. */
const WIDE = 100;

/** Equal steps, or equal ratios, from the least to the greatest value; null where there are no two different ones. */
export function bins(values: ArrayLike<number>, steps = 24): Bins | null {
  let [low, high] = [Infinity, -Infinity];
  for (let i = 0; i < values.length; i++) {
    if (!Number.isFinite(values[i])) continue;
    low = Math.min(low, values[i]);
    high = Math.max(high, values[i]);
  }
  if (!(high > low)) return null;
  const [to, from] = low > 0 && high / low >= WIDE ? [Math.log, Math.exp] : [Number, Number];
  const [start, span] = [to(low), to(high) - to(low)];
  const counts = new Array<number>(steps).fill(0);
  const spans = Array.from({ length: steps }, (): [number, number] => [Infinity, -Infinity]);
  for (let i = 0; i < values.length; i++) {
    if (!Number.isFinite(values[i])) continue;
    const bin = Math.max(0, Math.min(steps - 1, Math.floor(((to(values[i]) - start) / span) * steps)));
    counts[bin]++;
    spans[bin] = [Math.min(spans[bin][0], values[i]), Math.max(spans[bin][1], values[i])];
  }
  const edges = Array.from({ length: steps + 1 }, (_, i) => (i === 0 ? low : i === steps ? high : from(start + (i / steps) * span)));
  return { edges, counts, spans };
}

/**
 * The range, with both ends in it, that holds exactly the values which the bins from the one to the other count: with as
 * few digits as keep their neighbors' values out. Null where they are empty.
 */
export function rangeOf({ spans }: Bins, first: number, last: number): [low: number, high: number] | null {
  const least = (from: number, to: number) => spans.slice(from, to).reduce((low, span) => Math.min(low, span[0]), Infinity);
  const greatest = (from: number, to: number) => spans.slice(from, to).reduce((high, span) => Math.max(high, span[1]), -Infinity);
  const [low, high] = [least(first, last + 1), greatest(first, last + 1)];
  if (low > high) return null;
  return [-shortest(-low, -greatest(0, first)), shortest(high, least(last + 1, spans.length))];
}

/** The number with the fewest digits from `value` on that is less than `limit`. */
function shortest(value: number, limit: number): number {
  for (let digits = 3; digits <= 17; digits++) {
    const unit = 10 ** (digits - 1 - Math.floor(Math.log10(Math.abs(value) || 1)));
    const found = Number((Math.ceil(value * unit) / unit).toPrecision(digits));
    if (found >= value && found < limit) return found;
  }
  return value;
}

/** The numbers of a column in the given rows; those that its texts spell where it is text. */
export function numbersIn(column: Column, rows: Uint32Array): Float64Array {
  if (column.kind !== "text") return Float64Array.from(rows.filter((row) => !column.missing[row]), (row) => column.values[row]);
  const read = column.words.map((word) => number(word) ?? NaN);
  return Float64Array.from(rows.filter((row) => column.codes[row] >= 0), (row) => read[column.codes[row]]);
}

/** The words in the given rows with how many have each, the commonest first. */
export function counted({ codes, words }: TextColumn, rows: Uint32Array): [word: string, count: number][] {
  const counts = new Uint32Array(words.length);
  for (const row of rows) if (codes[row] >= 0) counts[codes[row]]++;
  const found = words.map((word, code): [string, number] => [word, counts[code]]).filter(([, count]) => count > 0);
  return found.sort((a, b) => b[1] - a[1] || a[0].localeCompare(b[0], "en", { numeric: true }));
}
