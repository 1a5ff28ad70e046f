/** Which run, or which group of runs, has the best value of each metric among those that match? */

import { groupOf } from "../../data/columns";
import { directionOf } from "../../data/directions";
import type { Column, Frame, TextColumn } from "../../data/frame";
import { summary, type RunGroup } from "../../data/groups";

/**
 * The row with the best value of each column; none where fewer than two runs have different values, or where the runs are
 * of several experiments: a metric of the same name need not mean the same there.
 */
export function bestRows(frame: Frame, rows: Uint32Array, columns: readonly string[], directions: Directions): Map<string, number> {
  if (ofSeveral(frame, rows)) return new Map();
  return bestOf(frame, columns, directions, rows, (column, row) => (column.missing[row] ? NaN : column.values[row]));
}

/** The same of the means of groups. */
export function bestGroups(frame: Frame, groups: readonly RunGroup[], columns: readonly string[], directions: Directions): Map<string, RunGroup> {
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
): Map<string, T> {
  const found = new Map<string, T>();
  for (const name of columns) {
    const column = frame.columns.get(name);
    if (!column || column.kind === "text" || groupOf(name) !== "metrics") continue;
    const sign = directionOf(frame, directions, name) === "min" ? 1 : -1;
    let [best, least, most]: [T | null, number, number] = [null, Infinity, -Infinity];
    for (const one of from) {
      const value = sign * read(column, one);
      if (Number.isNaN(value)) continue;
      if (best === null || value < least) [best, least] = [one, value];
      most = Math.max(most, value);
    }
    if (best !== null && least !== most) found.set(name, best);
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
