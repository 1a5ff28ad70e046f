/** Which columns are shown, and in which order? */

import { useSignal } from "@preact/signals";
import { internal, label, listed, NAME, spread, type Group } from "../../data/columns";
import { setView, type State } from "../../state/state";
import { Choices, type Section } from "../choices";
import { Icon } from "../icons";
import { Popover } from "../popover";
import { Arranged } from "./arranged";
import { hide, show } from "./change";

export function ColumnPicker({ state }: { state: State }) {
  return (
    <Popover
      label="Choose columns"
      align="right"
      class="nbt-columns"
      button={
        <>
          <Icon name="columns" />
          <span class="nbt-roomy">Columns</span>
        </>
      }
    >
      {() => <Sheet state={state} />}
    </Popover>
  );
}

function Sheet({ state }: { state: State }) {
  const arranging = useSignal(false);
  const { differing, columns, pinned_columns } = state.view.value;
  const untouched = columns === null && pinned_columns.length === 0 && !differing;
  return (
    <>
      <div class="nbt-tools">
        <label class="nbt-choice">
          <input type="checkbox" checked={differing} onChange={(event) => setView(state, { differing: event.currentTarget.checked })} />
          <span>Only columns that differ</span>
        </label>
        <button class="nbt-plain" aria-pressed={arranging.value} onClick={() => (arranging.value = !arranging.value)}>
          {arranging.value ? "Choose" : "Arrange"}
        </button>
        <button
          class="nbt-plain"
          disabled={untouched}
          onClick={() => setView(state, { columns: null, pinned_columns: [], differing: false, widths: {} })}
        >
          Reset
        </button>
      </div>
      {arranging.value ? (
        <div class="nbt-choices">
          <Arranged state={state} />
        </div>
      ) : (
        <Choices what="a column" from={0} sections={sections(state)} change={(name, on) => (on ? show : hide)(state, [name])} />
      )}
    </>
  );
}

const TITLES: Record<Group, string> = { attributes: "Run", params: "Params", metrics: "Metrics", tags: "Tags" };

/** Where only columns that differ are shown, those alone are offered. */
function sections(state: State): Section[] {
  const { frame, scopeRows, chosen } = state.table;
  const shown = new Set(chosen.value);
  const { differing } = state.view.value;
  const offered = (name: string) => {
    const column = frame.value.columns.get(name);
    return name !== NAME && (!differing || (column !== undefined && spread(column, scopeRows.value) === "differs"));
  };
  return [...listed(frame.value)].map(([group, names]) => ({
    title: TITLES[group],
    choices: names
      .filter(offered)
      .map((name) => ({ key: name, words: label(name), name, checked: shown.has(name), rare: internal(name) })),
    all: (names, on) => (on ? show : hide)(state, names),
  }));
}
