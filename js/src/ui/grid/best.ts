/** Which run has the best value of each metric, among those that match? */

import type { Frame } from "../../data/frame";
import { groupOf } from "../../data/columns";
import { directionOf } from "../../data/directions";
import { CONTEXT, GROUP, type Lines } from "../../data/tree";

/**
 * The row with the best value of each column; none where fewer than two runs have different values, or where the runs are
 * of several experiments: a metric of the same name need not mean the same there.
 */
export function bestRows(frame: Frame, lines: Lines, columns: readonly string[], directions: Readonly<Record<string, string>>): Map<string, number> {
  const found = new Map<string, number>();
  if (ofSeveral(frame, lines)) return found;
  for (const name of columns) {
    const column = frame.columns.get(name);
    if (!column || column.kind === "text" || groupOf(name) !== "metrics") continue;
    const less = directionOf(frame, directions, name) === "min";
    let best = -1;
    let worst = -1;
    for (let line = 0; line < lines.rows.length; line++) {
      const row = lines.rows[line];
      const value = column.values[row];
      if (lines.marks[line] & (CONTEXT | GROUP) || column.missing[row] || Number.isNaN(value)) continue;
      const better = (a: number, b: number) => (less ? a < b : a > b);
      if (best < 0 || better(value, column.values[best])) best = row;
      if (worst < 0 || better(column.values[worst], value)) worst = row;
    }
    if (best >= 0 && column.values[best] !== column.values[worst]) found.set(name, best);
  }
  return found;
}

function ofSeveral(frame: Frame, lines: Lines): boolean {
  const experiments = frame.columns.get("experiment_id");
  if (experiments?.kind !== "text") return false;
  const matching = lines.rows.filter((_, line) => !(lines.marks[line] & (CONTEXT | GROUP)));
  return matching.some((row) => experiments.codes[row] !== experiments.codes[matching[0]]);
}
