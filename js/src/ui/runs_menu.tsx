/** What can be done with the runs that are selected, or all that are shown: change, group, copy? */

import { groupOf, internal, label, spread } from "../data/columns";
import { butForTheSeed } from "../data/groups";
import { text } from "../data/frame";
import { codeFor } from "../state/code";
import { setView, whyNoEdits, type Editing, type State } from "../state/state";
import { csv, markdown } from "./grid/copy";
import { chosenRows } from "./grid/mouse";
import { Icon } from "./icons";
import { Menu, type Item } from "./menu";

export function EditMenu({ state }: { state: State }) {
  const runs = state.selected.value.filter((id) => state.frame.value.rowOf.has(id));
  if (runs.length === 0) return null;
  const why = whyNoEdits(state);
  const disabled = why !== null;
  const edit = (what: Editing["what"]) => () => (state.editing.value = { runs, what });
  const frame = state.table.frame.value;
  const deleted = runs.filter((id) => text(frame, "lifecycle_stage", frame.rowOf.get(id)!) === "deleted");
  const items: Item[] = [
    { icon: "edit", words: "Rename …", does: edit("name"), disabled },
    { icon: "edit", words: "Tags …", does: edit("tags"), disabled },
    { icon: "edit", words: "Note …", does: edit("note"), disabled },
  ];
  if (deleted.length < runs.length) {
    const rest = runs.filter((id) => !deleted.includes(id));
    items.push({ icon: "close", words: "Delete", does: () => void state.edits.make({ what: "delete", runs: rest }), disabled });
  }
  if (deleted.length > 0) items.push({ icon: "check", words: "Restore", does: () => void state.edits.make({ what: "restore", runs: deleted }), disabled });
  return <Menu label="Change the selected runs" button={<Icon name="edit" />} says={why} items={items} />;
}

/** At most so many columns are offered at once; a header offers its own. */
const MOST = 12;

export function GroupMenu({ state }: { state: State }) {
  const { group } = state.view.value;
  const { frame, scopeRows } = state.table;
  const by = (names: string[]) => setView(state, { group: names, opened: [] });
  const seedless = butForTheSeed(frame.value, scopeRows.value);
  const offered = [...frame.value.columns]
    .filter(([name, column]) => column.kind === "text" && (["params", "tags"].includes(groupOf(name)) || ["experiment_id", "status"].includes(name)) && !internal(name))
    .filter(([name, column]) => group.includes(name) || spread(column, scopeRows.value) === "differs")
    .map(([name]) => name)
    .slice(0, MOST);
  const items: Item[] = [
    { icon: "group", words: "Runs equal but for the seed", does: () => by(seedless), disabled: seedless.length === 0, on: seedless.length > 0 && same(group, seedless) },
    ...offered.map((name): Item => ({
      icon: group.includes(name) ? "check" : "group",
      words: label(name),
      on: group.includes(name),
      does: () => by(group.includes(name) ? group.filter((other) => other !== name) : [...group, name]),
    })),
    { icon: "close", words: "No groups", does: () => by([]), disabled: group.length === 0 },
  ];
  return (
    <Menu
      label="Group runs"
      align="right"
      button={
        <>
          <Icon name="group" />
          <span class="nbt-roomy">{group.length > 0 ? `By ${group.length === 1 ? label(group[0]) : group.length}` : "Group"}</span>
        </>
      }
      items={items}
    />
  );
}

const same = (a: readonly string[], b: readonly string[]): boolean => a.length === b.length && a.every((each) => b.includes(each));

export function CopyMenu({ state }: { state: State }) {
  const table = (write: typeof csv) => {
    const chosen = chosenRows(state);
    const rows = chosen.length > 0 ? chosen : state.shown.peek().map((id) => state.frame.peek().rowOf.get(id)!);
    return [write(state.table.frame.peek(), rows, state.table.columns.peek()), `${rows.length} ${rows.length === 1 ? "run" : "runs"}`] as const;
  };
  const put = ([words, what]: readonly [string, string]) => {
    const said = (good: boolean) => (state.edits.notice.value = good ? { words: `Copied ${what}.` } : { words: "The browser did not allow copying.", bad: true });
    navigator.clipboard.writeText(words).then(() => said(true), () => said(false));
  };
  const items: Item[] = [
    { icon: "columns", words: "Copy as code", does: () => put([codeFor(state), "Python that gives these rows"]) },
    { icon: "columns", words: "Copy as Markdown", does: () => put(table(markdown)) },
    { icon: "columns", words: "Copy as CSV", does: () => put(table(csv)) },
  ];
  return <Menu label="Copy" align="right" button={<Icon name="more" />} items={items} />;
}
