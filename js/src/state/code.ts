/** What Python gives the rows of the table? The text of nbtrack/dashboard/rows.py's `code_for`. */

import type { View } from "../protocol";
import type { State } from "./state";

const STAGES: Record<string, number> = { active: 1, deleted: 2, all: 3 };

export function codeFor(state: State): string {
  const { store, experiments: known } = state.status.value;
  const { experiments } = state.view.value;
  const ids = experiments.length > 0 ? experiments : known.map(({ id }) => id);
  const arranged = state.table.arranged.value;
  const found = (arranged ? tableArguments : searchArguments)(state.view.value, ids);
  const lines = found.map((each) => `    ${each}`);
  const call = `runs = nbtrack.${arranged ? "table" : "search_runs"}(`;
  return ["import nbtrack", "", `nbtrack.set_tracking_uri(${repr(store.label)})`, call, ...lines, ")"].join("\n");
}

function searchArguments({ filter, lifecycle, order }: View, ids: readonly string[]): string[] {
  const found = [`experiment_ids=${list(ids)},`];
  if (filter) found.push(`filter_string=${repr(filter)},`);
  if (lifecycle !== "active") found.push(`run_view_type=${STAGES[lifecycle]},  # ${lifecycle}`);
  if (order.length > 0) found.push(`order_by=${list(order)},`);
  return found;
}

function tableArguments({ filter, lifecycle, order, group, pinned, tree }: View, ids: readonly string[]): string[] {
  const found = [`experiments=${list(ids)},`];
  if (filter) found.push(`filter=${repr(filter)},`);
  if (order.length > 0) found.push(`order_by=${list(order)},`);
  if (lifecycle !== "active") found.push(`lifecycle=${repr(lifecycle)},`);
  if (group.length > 0) found.push(`group=${list(group)},`);
  if (pinned.length > 0) found.push(`pinned=${list(pinned)},`);
  if (!tree) found.push("tree=False,");
  return found;
}

const list = (texts: readonly string[]): string => `[${texts.map(repr).join(", ")}]`;

/** A text as Python's `repr` writes it: in single quotes, unless only those are in it. */
function repr(text: string): string {
  const quote = text.includes("'") && !text.includes('"') ? '"' : "'";
  const inside = text.replace(/[\\\n\r\t]|['"]|[\0-\x1f\x7f]/g, (char) => {
    if (char === quote) return `\\${char}`;
    if (char === "'" || char === '"') return char;
    const known: Record<string, string> = { "\\": "\\\\", "\n": "\\n", "\r": "\\r", "\t": "\\t" };
    return known[char] ?? `\\x${char.charCodeAt(0).toString(16).padStart(2, "0")}`;
  });
  return quote + inside + quote;
}
