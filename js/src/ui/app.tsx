/** How are the parts of the dashboard put together? Toolbar, table, a split to drag, and the panel below. */

import { useSignal, useSignalEffect } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { setView, type State } from "../state/state";
import { followSteps } from "../state/steps";
import { canDock } from "../dock";
import { useAnnouncements } from "./announce";
import { EditDialog } from "./edit";
import { useRoomOfPanel } from "./fit";
import { Grid } from "./grid/grid";
import { useHost } from "./host";
import { Keys } from "./keys";
import { EditNotice } from "./notice";
import { Panel } from "./panel";
import { pressAnywhere } from "./root_keys";
import { Split } from "./split";
import { Toolbar } from "./toolbar";

export function App({ state }: { state: State }) {
  const root = useRef<HTMLDivElement>(null);
  const { height, docked } = state.view.value;
  const panel = useRoomOfPanel(root).value;
  const isBeside = docked && state.life.value === "live" && canDock();
  const help = useSignal(false);
  useHost(root);
  useTicks(state);
  useAnnouncements(state);
  useEffect(() => followSteps(state), []);
  return (
    <div
      ref={root}
      class="nbt-root nbt-app"
      style={{ height: isBeside ? "100%" : `${panel ?? height}px` }}
      tabIndex={-1}
      onKeyDown={(event) => {
        if (!pressAnywhere(state, root.current!, event, () => (help.value = !help.value))) return;
        event.preventDefault();
        event.stopPropagation();
      }}
    >
      <Toolbar state={state} help={() => (help.value = !help.value)} />
      <EditNotice state={state} />
      <Body state={state} />
      <Notes state={state} />
      {!isBeside && panel === null && (
        <Split
          class="nbt-bottom"
          label="Height of the dashboard"
          value={height}
          least={240}
          most={2000}
          change={(to) => setView(state, { height: Math.round(to) })}
        />
      )}
      {state.editing.value && <EditDialog state={state} editing={state.editing.value} />}
      {help.value && <Keys close={() => (help.value = false)} />}
      <div class="nbt-sr" role="status" aria-live="polite">
        {state.said.value}
      </div>
    </div>
  );
}

function Body({ state }: { state: State }) {
  const body = useRef<HTMLDivElement>(null);
  const below = useSignal(false); // the rows are to be seen before anything is drawn below them
  useEffect(() => void (below.value = true), []);
  const share = Math.max(0.12, Math.min(0.88, state.view.value.split));
  return (
    <div class="nbt-body" ref={body}>
      <div class="nbt-upper" style={{ flexBasis: `${share * 100}%` }}>
        <Grid state={state} />
      </div>
      <Split
        class="nbt-split"
        label="Height of the table"
        value={share * 100}
        least={12}
        most={88}
        scale={() => 100 / (body.current?.clientHeight || 1)}
        change={(to) => setView(state, { split: Math.round(to * 10) / 1000 })}
      />
      <div class="nbt-lower">
        {below.value && <Panel state={state} />}
      </div>
    </div>
  );
}

/** What was left out or is damaged, in one line that can be opened. */
function Notes({ state }: { state: State }) {
  const { notes, damages } = state.status.value;
  if (notes.length + damages.length === 0) return null;
  const n = notes.length + damages.length;
  return (
    <details class="nbt-notes">
      <summary>
        {notes[0] ?? damages[0].problem}
        {n > 1 && <span class="nbt-dim"> and {n - 1} more</span>}
      </summary>
      <ul>
        {notes.map((note) => (
          <li key={note}>{note}</li>
        ))}
        {damages.map(({ path, problem, remedy }) => (
          <li key={path + problem}>
            <code class="nbt-mono">{path}</code>: {problem} {remedy}
          </li>
        ))}
      </ul>
    </details>
  );
}

/** Running runs grow by the second; without one, once a minute does. A saved view stands still where it was made. */
function useTicks(state: State): void {
  useSignalEffect(() => {
    const { running, made_at } = state.status.value;
    const { now } = state.table;
    if (state.life.value !== "live") {
      now.value = made_at || Date.now();
      return;
    }
    now.value = Date.now();
    const timer = setInterval(() => (now.value = Date.now()), running.length > 0 ? 1000 : 15_000);
    return () => clearInterval(timer);
  });
}
