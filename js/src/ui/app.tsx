import type { State } from "../state/state";
import { setView } from "../state/state";
import { text, number } from "../data/frame";
import { select } from "../query";
import { Panel } from "./panel";
export function App({ state }: { state: State }) {
  const frame = state.frame.value;
  let rows: ArrayLike<number> = [];
  try { rows = select(frame, state.view.value.filter, state.view.value.order); } catch { /* typing */ }
  const selected = new Set(state.selected.value);
  return <div class="nbt-root"><p>life: <b class="nbt-life">{state.life.value}</b> runs: {frame.length} {state.status.value.notes.join()}</p>
  <input role="combobox" aria-label="Filter runs" value={state.view.value.filter} onInput={(e) => setView(state, { filter: e.currentTarget.value })} />
  <div role="grid">{Array.from(rows).slice(0, 50).map((row) => { const id = frame.ids[row]; return <div role="row" key={id} aria-selected={selected.has(id)}><span class="nbt-box" onClick={() => (state.selected.value = selected.has(id) ? state.selected.value.filter((x) => x !== id) : [...state.selected.value, id])}>[x]</span> <span>{text(frame, "run_name", row)}</span> {number(frame, "metrics.loss", row)}</div>; })}</div>
  <Panel state={state} />
  </div>;
}
