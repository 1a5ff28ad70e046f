/** What does the mouse do in the runs table, and what is copied from it? */

import type { Signal } from "@preact/signals";
import { added, toggle } from "../../data/lists";
import { setView, type State } from "../../state/state";
import { concerned, open } from "../run_acts";
import { runsAt, selectAll, toggleGroup, toggleLine } from "./selecting";
import { tsv } from "./copy";
import type { Cursor, Held } from "./moves";
import type { Asked } from "./row_menu";

/** The cell that an element is in. */
export function spotOf(element: Element): Cursor | null {
  const cell = element.closest<HTMLElement>("[data-column]");
  const row = cell?.closest<HTMLElement>("[data-line]");
  return cell && row ? { line: Number(row.dataset.line), column: Number(cell.dataset.column) } : null;
}

export function cellAt(box: HTMLElement, { line, column }: Cursor): HTMLElement | null {
  return box.querySelector(`[data-line="${line}"] [data-column="${column}"]`);
}

export function click(state: State, cursor: Signal<Held>, all: boolean | "mixed", event: MouseEvent): void {
  const target = event.target as Element;
  const spotted = spotOf(target);
  if (!spotted) return;
  if (spotted.line < 0) {
    if (spotted.column === 0) selectAll(state, all !== true);
    return;
  }
  const does = target.closest<HTMLElement>("[data-does]")?.dataset.does;
  const id = state.table.idAt(spotted.line);
  const view = state.view.peek();
  if (id === null && spotted.column !== 0 && !event.shiftKey) toggleGroup(state, spotted.line, "fold");
  else if (does === "fold" && id !== null) setView(state, { collapsed: toggle(view.collapsed, id) });
  else if (does === "hide" && id !== null) setView(state, { hidden: toggle(view.hidden, id) });
  else if (does === "open" && id !== null && !event.shiftKey && !event.ctrlKey && !event.metaKey) open(state, id);
  else {
    const how = { range: event.shiftKey, toggle: spotted.column === 0 || event.ctrlKey || event.metaKey };
    toggleLine(state, cursor, spotted.line, how);
  }
}

/** The runs of a line, where its menu was asked for: by the other button of the mouse, or by the key that stands for it. */
export function asksMenu(state: State, event: MouseEvent): Asked | null {
  const spotted = spotOf(event.target as Element);
  const runs = spotted ? concerned(state, runsAt(state, spotted.line)) : [];
  if (runs.length === 0) return null;
  const { left, bottom } = (event.target as Element).getBoundingClientRect();
  const byKey = event.clientX === 0 && event.clientY === 0;
  return byKey || event.type === "click" ? { runs, left, top: bottom } : { runs, left: event.clientX, top: event.clientY };
}

export function doubleClick(state: State, event: MouseEvent): void {
  const spotted = spotOf(event.target as Element);
  if (!spotted || spotted.line < 0 || (event.target as Element).closest("[data-does]")) return;
  const id = state.table.idAt(spotted.line);
  if (id !== null) open(state, id);
}

/** The selected runs in the order of the table, then those that it does not show; without a selection, those of the line. */
export function chosenRows(state: State, line = -1): number[] {
  const { rowOf } = state.table.frame.peek();
  const selected = state.table.selected.peek();
  const runs = selected.size > 0 ? added(state.table.inOrder.peek().filter((id) => selected.has(id)), [...selected]) : runsAt(state, line);
  return runs.map((id) => rowOf.get(id)).filter((row) => row !== undefined);
}

/** Text that was marked by hand is copied as it is. */
export function copy(state: State, event: ClipboardEvent, line: number): void {
  const marked = (event.currentTarget as Element).ownerDocument.getSelection();
  if (marked && !marked.isCollapsed && marked.toString().trim() !== "") return;
  const chosen = chosenRows(state, line);
  if (chosen.length === 0) return;
  event.clipboardData?.setData("text/plain", tsv(state.table.frame.peek(), chosen, state.table.columns.peek()));
  event.preventDefault();
  event.stopPropagation();
  state.said.value = `Copied ${chosen.length} ${chosen.length === 1 ? "run" : "runs"}.`;
}
