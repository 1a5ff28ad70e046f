/** Runs side by side: one column a run, what differs first to be seen. */

import { useComputed, useSignal } from "@preact/signals";
import { compareRuns, type Group, type MetricPick } from "../../data/compare";
import { setView, type State } from "../../state/state";
import { Swatch } from "../charts/swatch";
import { Fold } from "../charts/icons";
import { drawnRuns, isLive, runName } from "../drawn";
import { CodeDiff } from "./code";
import { CompareRow } from "./row";

/** More columns than this cannot be read. */
const MOST_RUNS = 50;
/** More rows than this of one section wait for a click. */
const MOST_ROWS = 150;

export function CompareView({ state }: { state: State }) {
  const pick = useSignal<MetricPick>("last");
  const open = useSignal<ReadonlyMap<string, boolean>>(new Map());
  const { differences, baseline } = state.view.value.compare;
  const { inks } = drawnRuns(state);
  const selected = state.selected.value.filter((id) => state.frame.value.rowOf.has(id));
  const ids = inOrder(selected.slice(0, MOST_RUNS), baseline);
  const groups = useComputed(() => {
    const experiments = new Map(state.status.value.experiments.map(({ id, name }) => [id, name]));
    const kept = state.selected.value.filter((id) => state.frame.value.rowOf.has(id)).slice(0, MOST_RUNS);
    return compareRuns(state.frame.value, inOrder(kept, state.view.value.compare.baseline), pick.value, experiments);
  }).value;
  if (ids.length === 0) return <p class="nbt-hint">Select two or more runs in the table to see them side by side.</p>;
  const frame = state.frame.value;
  const base = baseline !== null ? ids.indexOf(baseline) : -1;
  const hiddenRows = differences ? groups.reduce((sum, { rows }) => sum + rows.filter(({ differs }) => !differs).length, 0) : 0;
  const toggle = (group: Group) => (open.value = new Map(open.value).set(group.name, !isOpen(group)));
  const isOpen = (group: Group) => open.value.get(group.name) ?? !group.folded;
  return (
    <div class="nbt-compare">
      <div class="nbt-controls" role="group" aria-label="Comparison">
        <label class="nbt-check">
          <input
            type="checkbox"
            checked={differences}
            onChange={(event) => setView(state, { compare: { differences: event.currentTarget.checked } })}
          />
          Only differences
        </label>
        <label class="nbt-field">
          Baseline
          <select
            class="nbt-input"
            value={base >= 0 ? baseline! : ""}
            onChange={(event) => setView(state, { compare: { baseline: event.currentTarget.value || null } })}
          >
            <option value="">none</option>
            {selected.slice(0, MOST_RUNS).map((id) => (
              <option key={id} value={id}>
                {runName(frame, id)}
              </option>
            ))}
          </select>
        </label>
        <span class="nbt-segments" role="group" aria-label="Which value of a metric">
          {(["last", "min", "max"] as const).map((name) => (
            <button type="button" key={name} class="nbt-button" aria-pressed={pick.value === name} onClick={() => (pick.value = name)}>
              {name}
            </button>
          ))}
        </span>
        {ids.length === 1 && <span class="nbt-dim">Select another run to compare with.</span>}
        {selected.length > ids.length && <span class="nbt-dim">The first {ids.length} of {selected.length} selected.</span>}
        {hiddenRows > 0 && <span class="nbt-dim">{hiddenRows} equal rows hidden</span>}
      </div>
      <div class="nbt-compare-scroll">
        <table class="nbt-compare-table">
          <thead>
            <tr>
              <th scope="col">
                <span class="nbt-sr">Name</span>
              </th>
              {ids.map((id, place) => (
                <th scope="col" key={id} class={place === base ? "nbt-baseline" : ""}>
                  <button
                    type="button"
                    class="nbt-compare-run"
                    title="Open this run"
                    onClick={() => setView(state, { tab: "run", focus: id })}
                  >
                    <Swatch ink={inks.get(id)!} />
                    <span class="nbt-run-chip-name">{runName(frame, id)}</span>
                    {isLive(state, id) && <span class="nbt-pulse" title="running" style={{ color: inks.get(id)!.color }} />}
                  </button>
                  <div class="nbt-compare-id nbt-dim nbt-mono">
                    {id.slice(0, 8)}
                    {place === base && <span class="nbt-compare-tag">baseline</span>}
                  </div>
                </th>
              ))}
            </tr>
          </thead>
          {groups.map((group) => (
            <Section key={group.name} group={group} base={base} only={differences} open={isOpen(group)} toggle={() => toggle(group)} columns={ids.length} />
          ))}
        </table>
      </div>
      {ids.length > 1 && <CodeDiff state={state} ids={ids} />}
    </div>
  );
}

/** The baseline stands first. */
function inOrder(ids: readonly string[], baseline: string | null): string[] {
  return baseline !== null && ids.includes(baseline) ? [baseline, ...ids.filter((id) => id !== baseline)] : [...ids];
}

interface SectionProps {
  group: Group;
  base: number;
  only: boolean;
  open: boolean;
  toggle: () => void;
  columns: number;
}

function Section({ group, base, only, open, toggle, columns }: SectionProps) {
  const all = useSignal(false);
  const rows = only ? group.rows.filter(({ differs }) => differs) : group.rows;
  if (rows.length === 0) return null;
  const shown = all.value ? rows : rows.slice(0, MOST_ROWS);
  return (
    <tbody>
      <tr class="nbt-compare-section">
        <th scope="rowgroup">
          <button type="button" class="nbt-section-head" aria-expanded={open} onClick={toggle}>
            <Fold open={open} />
            <span>{group.name}</span>
            <span class="nbt-dim">{rows.length}</span>
          </button>
        </th>
        <td colSpan={columns} />
      </tr>
      {open && shown.map((row) => <CompareRow key={row.column} row={row} base={base} />)}
      {open && shown.length < rows.length && (
        <tr>
          <th scope="row">
            <button type="button" class="nbt-textlink" onClick={() => (all.value = true)}>
              {rows.length - shown.length} more
            </button>
          </th>
          <td colSpan={columns} />
        </tr>
      )}
    </tbody>
  );
}
