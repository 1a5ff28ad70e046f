/** Which run, or which group of runs, has the best value of each metric among those that match? */

import { groupOf } from "../../data/columns";
import { directionOf } from "../../data/directions";
import type { Column, Frame, TextColumn } from "../../data/frame";
import { summary, type RunGroup } from "../../data/groups";
import { equal } from "../../data/noise";

/** The best of all rows, or only of its experiment: a metric of the same name need not mean the same in another. */
export type Rank = "all" | "own";

/** The rows with the best values of each metric, those of all first: equal ones are all the best. */
export type Best = ReadonlyMap<string, ReadonlyMap<number, Rank>>;

/** None where fewer than two runs have different finite values. */
export function bestRows(frame: Frame, rows: Uint32Array, columns: readonly string[], directions: Directions): Best {
  const found = new Map<string, Map<number, Rank>>();
  const read = (column: Exclude<Column, TextColumn>, row: number) => (column.missing[row] ? NaN : column.values[row]);
  for (const [name, best] of bestOf(frame, columns, directions, rows, read)) found.set(name, new Map(best.map((row) => [row, "all"])));
  for (const own of byExperiment(frame, rows)) {
    for (const [name, best] of bestOf(frame, columns, directions, own, read)) {
      for (const row of best) if (!found.get(name)!.has(row)) found.get(name)!.set(row, "own");
    }
  }
  return found;
}

function byExperiment(frame: Frame, rows: Uint32Array): Iterable<ArrayLike<number> & Iterable<number>> {
  const experiments = frame.columns.get("experiment_id");
  if (experiments?.kind !== "text") return [rows];
  const found = new Map<number, number[]>();
  for (const row of rows) {
    const own = found.get(experiments.codes[row]);
    if (own) own.push(row);
    else found.set(experiments.codes[row], [row]);
  }
  return found.values();
}

/** The groups with the best mean of each metric; none where the runs are of several experiments. */
export function bestGroups(frame: Frame, groups: readonly RunGroup[], columns: readonly string[], directions: Directions): Map<string, RunGroup[]> {
  if (groups.some(({ rows }) => ofSeveral(frame, [rows[0], groups[0].rows[0]]) || ofSeveral(frame, rows))) return new Map();
  return bestOf(frame, columns, directions, groups, (column, { rows }) => summary(column, rows).mean);
}

type Directions = Readonly<Record<string, string>>;

function bestOf<T>(
  frame: Frame,
  columns: readonly string[],
  directions: Directions,
  from: Iterable<T>,
  read: (column: Exclude<Column, TextColumn>, one: T) => number,
): Map<string, T[]> {
  const found = new Map<string, T[]>();
  for (const name of columns) {
    const column = frame.columns.get(name);
    if (!column || column.kind === "text" || groupOf(name) !== "metrics") continue;
    const direction = directionOf(frame, directions, name);
    if (direction === null) continue;
    const sign = direction === "min" ? 1 : -1;
    let [least, most] = [Infinity, -Infinity];
    const held: { one: T; value: number }[] = [];
    for (const one of from) {
      const value = sign * read(column, one);
      if (!Number.isFinite(value)) continue; // an accuracy of ∞ is a slip, not a record
      if (value < least || equal(value, least)) held.push({ one, value });
      [least, most] = [Math.min(least, value), Math.max(most, value)];
    }
    if (held.length > 0 && !equal(least, most)) found.set(name, held.filter(({ value }) => equal(value, least)).map(({ one }) => one));
  }
  return found;
}

function ofSeveral(frame: Frame, rows: Iterable<number>): boolean {
  const experiments = frame.columns.get("experiment_id");
  if (experiments?.kind !== "text") return false;
  let first: number | null = null;
  for (const row of rows) {
    first ??= experiments.codes[row];
    if (experiments.codes[row] !== first) return true;
  }
  return false;
}
