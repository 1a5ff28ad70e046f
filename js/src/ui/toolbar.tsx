/** What stands above the table: which experiments, which runs, which columns, and whether this is live. */

import { useSignal } from "@preact/signals";
import { canDock } from "../dock";
import { setView, type State } from "../state/state";
import { ColumnPicker } from "./columns/picker";
import { Experiments } from "./experiments";
import { FilterBox, FilterProblem, type Wrong } from "./filter/box";
import { GroupMenu, SeedButton } from "./groups";
import { Icon } from "./icons";
import { ExportMenu, EditMenu } from "./runs_menu";
import { Views } from "./views";

export function Toolbar({ state, help }: { state: State; help: () => void }) {
  const wrong = useSignal<Wrong | null>(null);
  return (
    <>
      <div class="nbt-top">
        <Experiments state={state} />
        <FilterBox state={state} wrong={wrong} />
        <Count state={state} />
        <Selection state={state} />
        <EditMenu state={state} />
        <span class="nbt-space" />
        <SeedButton state={state} />
        <GroupMenu state={state} />
        <ColumnPicker state={state} />
        <Views state={state} />
        <ExportMenu state={state} />
        <DockButton state={state} />
        <button class="nbt-button nbt-help-button" aria-label="Keys" title="Keys (?)" onClick={help}>
          ?
        </button>
        <LifeBadge state={state} />
      </div>
      <FilterProblem wrong={wrong} />
    </>
  );
}

/** Where the host has room beside the notebook. */
function DockButton({ state }: { state: State }) {
  if (state.life.value !== "live" || !canDock()) return null;
  const { docked } = state.view.value;
  const words = docked ? "Move back into the notebook" : "Open beside the notebook";
  return (
    <button class="nbt-button" aria-pressed={docked} aria-label={words} title={words} onClick={() => setView(state, { docked: !docked })}>
      <Icon name="dock" />
    </button>
  );
}

const many = (n: number): string => n.toLocaleString("en");

function Count({ state }: { state: State }) {
  const total = state.table.scopeRows.value.length;
  const { matches } = state.table.lines.value;
  const runs = total === 1 ? "run" : "runs";
  return (
    <span class="nbt-total" role="status">
      {matches === total ? `${many(total)} ${runs}` : `${many(matches)} of ${many(total)} ${runs}`}
    </span>
  );
}

function Selection({ state }: { state: State }) {
  const n = state.selected.value.length;
  if (n === 0) return null;
  return (
    <button class="nbt-token" title="Clear the selection" aria-label={`${n} selected: clear`} onClick={() => (state.selected.value = [])}>
      {many(n)} <span class="nbt-roomy">selected</span>
      <Icon name="close" size={11} />
    </button>
  );
}

const LIVES = {
  live: ["live", "Connected to the kernel: updates appear live"],
  snapshot: ["saved", "Saved copy. It works without a kernel but does not update. If you just ran the cell, install anywidget where JupyterLab runs: pip install anywidget"],
  lost: ["disconnected", "The kernel has stopped: this shows the last known state"],
} as const;

const UNSAVED = "No kernel is connected, so this view cannot be written into the notebook. Run the cell to save changes.";

function LifeBadge({ state }: { state: State }) {
  const [words, title] = LIVES[state.life.value];
  const waiting = state.pending.value;
  return (
    <span class={`nbt-life nbt-life-${state.life.value}`} title={title}>
      <span class="nbt-roomy">{words}</span>
      {state.hasUnsavedView.value && <span title={UNSAVED}> · changes not saved</span>}
      {waiting > 0 && <span title="Requests waiting for the kernel"> · {waiting} waiting</span>}
    </span>
  );
}
