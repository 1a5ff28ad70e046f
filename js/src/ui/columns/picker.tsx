/** Which columns are shown, and in which order? */

import { useSignal } from "@preact/signals";
import { GROUPS, internal, label, listed, NAME, spread, type Group } from "../../data/columns";
import { setView, type State } from "../../state/state";
import { Icon } from "../icons";
import { Popover } from "../popover";
import { Arranged } from "./arranged";

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
  const search = useSignal("");
  const differing = useSignal(false);
  const arranging = useSignal(false);
  const { frame, scopeRows, columns } = state.table;
  const wanted = search.value.toLowerCase();
  const differs = (name: string) => {
    const column = frame.value.columns.get(name);
    return column !== undefined && spread(column, scopeRows.value) === "differs";
  };
  const offered = (name: string) =>
    name !== NAME &&
    (wanted === "" ? !internal(name) || columns.value.includes(name) : `${name} ${label(name)}`.toLowerCase().includes(wanted)) &&
    (!differing.value || differs(name));
  const groups = listed(frame.value);
  return (
    <>
      <input
        class="nbt-input"
        placeholder="Find a column"
        aria-label="Find a column"
        value={search.value}
        onInput={(event) => (search.value = event.currentTarget.value)}
      />
      <div class="nbt-tools">
        <label class="nbt-choice">
          <input type="checkbox" checked={differing.value} onChange={(event) => (differing.value = event.currentTarget.checked)} />
          <span>Only columns that differ</span>
        </label>
        <button class="nbt-plain" aria-pressed={arranging.value} onClick={() => (arranging.value = !arranging.value)}>
          {arranging.value ? "Choose" : "Arrange"}
        </button>
        <button class="nbt-plain" disabled={state.view.value.columns === null} onClick={() => setView(state, { columns: null, widths: {} })}>
          Reset
        </button>
      </div>
      <div class="nbt-choices">
        {arranging.value ? (
          <Arranged state={state} />
        ) : (
          GROUPS.map((group) => <Names key={group} state={state} group={group} names={groups.get(group)!.filter(offered)} />)
        )}
      </div>
    </>
  );
}

const TITLES: Record<Group, string> = { attributes: "Run", params: "Params", metrics: "Metrics", tags: "Tags" };
/** Of a group with very many names, the first are listed; the search finds the rest. */
const MOST = 200;

function Names({ state, group, names }: { state: State; group: Group; names: readonly string[] }) {
  const columns = state.table.columns.value;
  if (names.length === 0) return null;
  const show = (wanted: readonly string[]) => setView(state, { columns: [...new Set([...columns, ...wanted])] });
  const hide = (unwanted: readonly string[]) => setView(state, { columns: columns.filter((name) => !unwanted.includes(name)) });
  return (
    <fieldset class="nbt-group">
      <legend>
        {TITLES[group]} <span class="nbt-amount">{names.length}</span>
        <span class="nbt-space" />
        <button class="nbt-plain" aria-label={`Show all ${TITLES[group]}`} onClick={() => show(names)}>
          All
        </button>
        <button class="nbt-plain" aria-label={`Show no ${TITLES[group]}`} onClick={() => hide(names)}>
          None
        </button>
      </legend>
      {names.slice(0, MOST).map((name) => (
        <label key={name} class="nbt-choice">
          <input
            type="checkbox"
            checked={columns.includes(name)}
            onChange={(event) => (event.currentTarget.checked ? show([name]) : hide([name]))}
          />
          <span class="nbt-ellipsis" title={name}>
            {label(name)}
          </span>
        </label>
      ))}
      {names.length > MOST && <div class="nbt-dim nbt-more">{names.length - MOST} more: search for them</div>}
    </fieldset>
  );
}
