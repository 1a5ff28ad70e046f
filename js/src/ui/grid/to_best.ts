/** How does the cursor come to the best run of a metric, out of folds and groups? */

import { chosenMetric } from "../../data/analysis";
import { groupOf, label } from "../../data/columns";
import { text } from "../../data/frame";
import { added } from "../../data/lists";
import { parents } from "../../data/tree";
import { directionIn, setView, type State } from "../../state/state";
import type { Place } from "./place";

/** Whether it went there. From a column that is no metric it goes to the one sorted by, or to that which Analyse begins with. */
export function toBest({ state, cursor, at, places, best }: Place): boolean {
  const names = places.places.map(({ name }) => name);
  const here = names[at.column - 1] ?? "";
  const known = names.filter((each) => best.has(each));
  const main = `metrics.${chosenMetric(known, (metric) => directionIn(state, metric))}`;
  const asked = groupOf(here) === "metrics" ? [here] : [...state.table.sortings.peek().map(({ name }) => name), main];
  const name = asked.find((each) => known.includes(each)) ?? "";
  const row = ofTheSame(state, at.line, [...(best.get(name)?.keys() ?? [])]);
  if (row === undefined) {
    const words = "No best run: all runs are tied, or the metric has no goal.";
    state.said.value = words;
    state.edits.notice.value = { words };
    return false;
  }
  reveal(state, row);
  state.said.value = `The best by ${label(name)}.`;
  cursor.value = { ...cursor.peek(), line: state.table.lineOf.peek()[row], run: state.frame.peek().ids[row], name, column: names.indexOf(name) + 1 };
  return true;
}

/** Of the best rows of several experiments that of the line's own; else the first. */
function ofTheSame(state: State, line: number, rows: readonly number[]): number | undefined {
  const here = state.table.idAt(line);
  const frame = state.frame.peek();
  const of = (row: number) => text(frame, "experiment_id", row);
  return rows.find((row) => here !== null && of(row) === of(frame.rowOf.get(here)!)) ?? rows[0];
}

/** Unfold what hides the row. */
function reveal(state: State, row: number): void {
  const { collapsed, opened } = state.view.peek();
  const above = parents(state.frame.peek());
  const { ids } = state.frame.peek();
  const over = new Set<string>();
  for (let up = above[row]; up >= 0; up = above[up]) over.add(ids[up]);
  const group = state.table.groups.peek().find(({ rows }) => rows.includes(row));
  setView(state, { collapsed: collapsed.filter((id) => !over.has(id)), ...(group && { opened: added(opened, [group.key]) }) });
}
