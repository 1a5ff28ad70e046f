/** How are the values of a column spread over the runs? */

import type { Column, TextColumn } from "./frame";

export interface Bins {
  low: number;
  high: number;
  counts: number[];
}

/** Equal steps from the least to the greatest value; null where there are no two different ones. */
export function bins(values: ArrayLike<number>, steps = 24): Bins | null {
  let [low, high] = [Infinity, -Infinity];
  for (let i = 0; i < values.length; i++) {
    if (!Number.isFinite(values[i])) continue;
    low = Math.min(low, values[i]);
    high = Math.max(high, values[i]);
  }
  if (!(high > low)) return null;
  const counts = new Array<number>(steps).fill(0);
  for (let i = 0; i < values.length; i++) {
    if (Number.isFinite(values[i])) counts[Math.min(steps - 1, Math.floor(((values[i] - low) / (high - low)) * steps))]++;
  }
  return { low, high, counts };
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
