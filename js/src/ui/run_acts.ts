/** What can be done to some runs, from a menu or with a key? */

import { text } from "../data/frame";
import { together } from "../data/lists";
import { setBaseline } from "../state/baseline";
import { setView, whyNoEdits, type Editing, type State } from "../state/state";
import type { Item } from "./menu";

/** What an act on a line is about: the selection where its runs are in it, else its run or its group alone. */
export function concerned(state: State, runs: readonly string[]): readonly string[] {
  const selected = state.table.selected.peek();
  return runs.length > 0 && runs.every((run) => selected.has(run)) ? [...state.selected.peek()] : runs;
}

export function open(state: State, run: string): void {
  setView(state, { focus: run, tab: "run" });
}

/** On top of the table; all of them no more where all of them are. */
export function pin(state: State, runs: readonly string[]): void {
  setView(state, { pinned: together(state.view.peek().pinned, runs) });
}

/** Out of the charts; all of them shown again where all of them are out. */
export function hide(state: State, runs: readonly string[]): void {
  setView(state, { hidden: together(state.view.peek().hidden, runs) });
}

/** What a menu offers for the runs. */
export function itemsFor(state: State, runs: readonly string[]): Item[] {
  const { pinned, hidden } = state.view.value;
  const frame = state.frame.value;
  const all = (list: readonly string[]) => runs.every((run) => list.includes(run));
  const gone = runs.filter((run) => text(frame, "lifecycle_stage", frame.rowOf.get(run) ?? -1) === "deleted");
  const rest = runs.filter((run) => !gone.includes(run));
  const baseline = runs.length === 1 && state.view.value.compare.baseline === runs[0];
  const disabled = whyNoEdits(state) !== null;
  const edit = (what: Editing["what"]) => () => (state.editing.value = { runs, what });
  const make = (what: "delete" | "restore", runs: string[]) => () => void state.edits.make({ what, runs });
  const items: (Item | false)[] = [
    { icon: "pin", words: all(pinned) ? "Unpin" : "Pin to top", key: "p", does: () => pin(state, runs) },
    { icon: "eye", words: all(hidden) ? "Show in charts" : "Hide in charts", key: "h", does: () => hide(state, runs) },
    runs.length === 1 && { icon: "check", words: baseline ? "Clear baseline" : "Set as baseline", does: () => setBaseline(state, baseline ? null : runs[0]) },
    { icon: "edit", words: "Rename …", key: "F2", does: edit("name"), disabled },
    { icon: "tag", words: "Tags …", key: "t", does: edit("tags"), disabled },
    { icon: "note", words: "Description …", key: "n", does: edit("note"), disabled },
    { icon: "heat", words: "Color …", does: edit("color"), disabled: state.life.value !== "live" },
    rest.length > 0 && { icon: "close", words: "Delete", key: "Del", does: make("delete", rest), disabled },
    gone.length > 0 && { icon: "check", words: "Restore", does: make("restore", gone), disabled },
    gone.length > 0 && {
      icon: "close",
      words: "Delete permanently …",
      does: () => (state.editing.value = { runs: gone, what: "purge" }),
      disabled,
    },
  ];
  return items.filter((item) => item !== false);
}
