/** What can be done with the runs that are selected, or all that are shown: change, copy? */

import { useRef } from "preact/hooks";
import { groupOf } from "../data/columns";
import { codeFor } from "../state/code";
import { resetView, whyNoEdits, type State } from "../state/state";
import { put } from "./clipboard";
import { exportItems } from "./export_menu";
import { toggleFullScreen } from "./fit";
import { csv, groupsCsv, groupsMarkdown, markdown } from "./grid/copy";
import { chosenRows } from "./grid/mouse";
import { Icon } from "./icons";
import { Menu, type Item } from "./menu";
import { itemsFor } from "./run_acts";

export function EditMenu({ state }: { state: State }) {
  const runs = state.selected.value.filter((id) => state.frame.value.rowOf.has(id));
  if (runs.length === 0) return null;
  return <Menu label="Change the selected runs" button={<Icon name="edit" />} says={whyNoEdits(state)} items={itemsFor(state, runs)} />;
}

/** Everything that leaves the dashboard. */
export function ExportMenu({ state }: { state: State }) {
  const place = useRef<HTMLSpanElement>(null);
  const table = (write: typeof csv) => {
    const chosen = chosenRows(state);
    const rows = chosen.length > 0 ? chosen : state.table.inOrder.peek().map((id) => state.frame.peek().rowOf.get(id)!);
    return [write(state.table.frame.peek(), rows, state.table.columns.peek()), `${rows.length} ${rows.length === 1 ? "run" : "runs"}`] as const;
  };
  const together = (write: typeof groupsCsv) => {
    const { groups, frame, columns } = state.table;
    const isNumber = (name: string) => groupOf(name) === "metrics" || name === "duration";
    const { group: by, spread } = state.view.peek();
    const made = { by, groups: groups.peek(), numbers: columns.peek().filter(isNumber), spread };
    return [write(frame.peek(), made), `${made.groups.length} ${made.groups.length === 1 ? "group" : "groups"}`] as const;
  };
  const grouped = state.table.groups.value.length > 0;
  const items: (Item | false)[] = [
    { heading: "Copy", icon: "copy", words: "Table as Markdown", does: () => put(state, ...table(markdown)) },
    { icon: "copy", words: "Table as CSV", does: () => put(state, ...table(csv)) },
    grouped && { icon: "group", words: "Groups as Markdown", does: () => put(state, ...together(groupsMarkdown)) },
    grouped && { icon: "group", words: "Groups as CSV", does: () => put(state, ...together(groupsCsv)) },
    { icon: "code", words: "Python code for this table", does: () => put(state, codeFor(state), "Python code for this table") },
    ...exportItems(state, () => place.current!.closest<HTMLElement>(".nbt-root")!, () => table(csv)[0]),
    { heading: "View", icon: "expand", words: "Full screen", key: "f", does: () => toggleFullScreen(place.current!.closest<HTMLElement>(".nbt-root")!) },
    { icon: "views", words: "Reset view", does: () => resetView(state) },
  ];
  return (
    <span ref={place} class="nbt-export">
      <Menu label="Copy and export" align="right" button={<Icon name="save" />} items={items.filter((item) => item !== false)} />
    </span>
  );
}
