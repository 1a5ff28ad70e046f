/** Which keys act wherever in the dashboard the focus is, except in a text field? */

import type { State } from "../state/state";
import { toggleFullScreen } from "./fit";

const TO_TABLE = new Set(["ArrowUp", "ArrowDown", "ArrowLeft", "ArrowRight", "Home", "End", "PageUp", "PageDown"]);

/** Returns whether the key did something. */
export function pressAnywhere(state: State, root: HTMLElement, event: KeyboardEvent, toggleHelp: () => void): boolean {
  const target = event.target as Element;
  if (event.altKey || target.closest("input, select, textarea")) return false;
  if (event.ctrlKey || event.metaKey) return event.key === "z" && !event.shiftKey && undo(state);
  if (event.key === "/") root.querySelector<HTMLElement>(".nbt-filter-input")?.focus();
  else if (event.key === "?") toggleHelp();
  else if (event.key === "f" && !event.shiftKey) toggleFullScreen(root);
  // Where a press on a gap left the focus with the dashboard itself, the keys go to the table.
  else if (event.key === "Escape" || (target === root && TO_TABLE.has(event.key))) focusTable(root);
  else return false;
  return true;
}

export function focusTable(root: HTMLElement): void {
  root.querySelector<HTMLElement>(".nbt-grid [tabindex='0']")?.focus();
}

function undo(state: State): boolean {
  if (!state.edits.notice.peek()?.undo?.length) return false;
  void state.edits.undo();
  return true;
}
