/** How are the values of a column spread over the runs? */

import type { Column, TextColumn } from "./frame";

export interface Bins {
  /** Where each bin begins, and where the last one ends. */
  edges: number[];
  counts: number[];
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
  for (let i = 0; i < values.length; i++) {
    if (Number.isFinite(values[i])) counts[Math.max(0, Math.min(steps - 1, Math.floor(((to(values[i]) - start) / span) * steps)))]++;
  }
  const edges = Array.from({ length: steps + 1 }, (_, i) => (i === 0 ? low : i === steps ? high : from(start + (i / steps) * span)));
  return { edges, counts };
}

/** The bins from the one to the other as a range: with digits enough to tell bins apart, and none of their values outside. */
export function rangeOf({ edges }: Bins, first: number, last: number): [low: number, high: number] {
  const low = rounded(edges[first], edges[first + 1] - edges[first], Math.floor);
  return [low, rounded(edges[last + 1], edges[last + 1] - edges[last], Math.ceil)];
}

function rounded(value: number, width: number, way: (value: number) => number): number {
  const digits = Math.max(0, Math.min(15, Math.ceil(-Math.log10(width)) + 1));
  const near = Number(value.toFixed(digits));
  if (near === value) return value;
  return Number((way(value * 10 ** digits) / 10 ** digits).toFixed(digits));
}

/** The numbers of a column in the given rows; those that its texts spell where it is text. */
export function numbersIn(column: Column, rows: Uint32Array): Float64Array {
  if (column.kind !== "text") return Float64Array.from(rows.filter((row) => !column.missing[row]), (row) => column.values[row]);
  const read = column.words.map((word) => (word.trim() === "" ? NaN : Number(word)));
  return Float64Array.from(rows.filter((row) => column.codes[row] >= 0), (row) => read[column.codes[row]]);
}

/** The words in the given rows with how many have each, the commonest first. */
export function counted({ codes, words }: TextColumn, rows: Uint32Array): [word: string, count: number][] {
  const counts = new Uint32Array(words.length);
  for (const row of rows) if (codes[row] >= 0) counts[codes[row]]++;
  const found = words.map((word, code): [string, number] => [word, counts[code]]).filter(([, count]) => count > 0);
  return found.sort((a, b) => b[1] - a[1] || a[0].localeCompare(b[0], "en", { numeric: true }));
}
