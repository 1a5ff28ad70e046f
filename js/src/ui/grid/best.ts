/** Which run, or which group of runs, has the best value of each metric among those that match? */

import { groupOf } from "../../data/columns";
import { directionOf, hasBest, metricOf } from "../../data/directions";
import type { Column, Frame, TextColumn } from "../../data/frame";
import { summary, type RunGroup } from "../../data/groups";

/** The best of all rows, or only of its experiment: a metric of the same name need not mean the same in another. */
export type Rank = "all" | "own";

/** The rows with the best values of each metric, that of all first. */
export type Best = ReadonlyMap<string, ReadonlyMap<number, Rank>>;

/** None where fewer than two runs have different finite values. */
export function bestRows(frame: Frame, rows: Uint32Array, columns: readonly string[], directions: Directions): Best {
  const found = new Map<string, Map<number, Rank>>();
  const read = (column: Exclude<Column, TextColumn>, row: number) => (column.missing[row] ? NaN : column.values[row]);
  for (const [name, row] of bestOf(frame, columns, directions, rows, read)) found.set(name, new Map([[row, "all"]]));
  for (const own of byExperiment(frame, rows)) {
    for (const [name, row] of bestOf(frame, columns, directions, own, read)) if (!found.get(name)!.has(row)) found.get(name)!.set(row, "own");
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

/** The group with the best mean of each metric; none where the runs are of several experiments. */
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
    const { key } = metricOf(frame, name);
    if (!hasBest(key) && !(key in directions)) continue;
    const sign = directionOf(frame, directions, name) === "min" ? 1 : -1;
    let [best, least, most]: [T | null, number, number] = [null, Infinity, -Infinity];
    for (const one of from) {
      const value = sign * read(column, one);
      if (!Number.isFinite(value)) continue; // an accuracy of ∞ is a slip, not a record
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
