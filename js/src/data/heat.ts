/** How strongly is a cell coloured among those of its column? */

import type { Column } from "./frame";

/** How strongly the cells of each coloured column are coloured, by row. */
export type Heat = ReadonlyMap<string, (row: number) => number | null>;

/** 0 for the worst value shown to 1 for the best; null for cells without a value. The worst and best 2 % do not stretch the scale. */
export function heatOf(column: Column, rows: Uint32Array, less: boolean): (row: number) => number | null {
  if (column.kind === "text") return () => null;
  const { values, missing } = column;
  const there = (row: number) => !missing[row] && Number.isFinite(values[row]);
  const sorted = Float64Array.from(rows.filter(there), (row) => values[row]).sort();
  const at = (share: number) => sorted[Math.round(share * (sorted.length - 1))];
  const [low, high] = sorted.length < 50 ? [sorted[0], sorted[sorted.length - 1]] : [at(0.02), at(0.98)];
  return (row) => {
    if (!there(row) || !(high > low)) return null;
    const share = Math.max(0, Math.min(1, (values[row] - low) / (high - low)));
    return less ? 1 - share : share;
  };
}
