/** Which words of the filter language say that a column lies within a stretch of its axis? */

import { share, valueAt, type Axis } from "../../data/analysis";
import { written } from "../../query";

export type Stretch = [low: number, high: number];

export function clauseOf(axis: Axis, [low, high]: Stretch): string {
  const name = written(axis.name);
  if (axis.words) {
    const kept = axis.words.filter((_, at) => share(axis, at) >= low - 1e-9 && share(axis, at) <= high + 1e-9);
    if (kept.length === 0) return `${name} IS NULL AND ${name} IS NOT NULL`;
    return `${name} IN (${kept.map(quoted).join(", ")})`;
  }
  const bound = (value: number) => String(Number(value.toPrecision(6)));
  // The ends of the axis are real values: rounding must not leave them out.
  if (low <= 0) return `${name} <= ${bound(valueAt(axis, high))}`;
  if (high >= 1) return `${name} >= ${bound(valueAt(axis, low))}`;
  return `${name} BETWEEN ${bound(valueAt(axis, low))} AND ${bound(valueAt(axis, high))}`;
}

const quoted = (word: string) => `'${word.replace(/'/g, "''")}'`;

export function joinedFilter(base: string, clauses: readonly string[]): string {
  const parts = base.trim() && clauses.length ? [/\bOR\b/i.test(base) ? `(${base.trim()})` : base.trim(), ...clauses] : clauses;
  return parts.length ? parts.join(" AND ") : base;
}
