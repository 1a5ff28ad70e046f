/** What is said to those who hear the table, when something changed that is not under the cursor? */

import { effect } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { label } from "../data/columns";
import type { State } from "../state/state";

export function useAnnouncements(state: State): void {
  useEffect(() => {
    const stops = [told(state, sorting), told(state, grouping), told(state, selection), told(state, columns)];
    return () => stops.forEach((stop) => stop());
  }, [state]);
}

/** Says the words whenever they become others; not those that the table begins with. */
function told(state: State, words: (state: State) => string): () => void {
  let before: string | null = null;
  return effect(() => {
    const now = words(state);
    if (before !== null && now !== before) state.said.value = now;
    before = now;
  });
}

function sorting({ table }: State): string {
  const keys = table.sortings.value.map(({ name, descending }) => `${label(name)}, ${descending ? "descending" : "ascending"}`);
  return keys.length === 0 ? "Not sorted: newest first." : `Sorted by ${keys.join(", then ")}.`;
}

function grouping({ table, view }: State): string {
  const { group } = view.value;
  if (group.length === 0) return "No groups.";
  return `${table.groups.value.length.toLocaleString("en")} groups by ${group.map(label).join(", ")}.`;
}

function selection({ selected }: State): string {
  const n = selected.value.length;
  return n === 0 ? "Nothing selected." : `${n.toLocaleString("en")} ${n === 1 ? "run" : "runs"} selected.`;
}

function columns({ table }: State): string {
  return `${table.columns.value.length} columns.`;
}
