/** Which runs are drawn, in which ink: a legend for all panels. A click hides a run and shows it again. */

import { useSignal } from "@preact/signals";
import { setView } from "../../state/state";
import { isLive } from "../drawn";
import { open } from "../run_acts";
import { useScene } from "./scene";
import { Swatch } from "./swatch";

/** More than these fold. */
const FEW = 14;

export function RunBar() {
  const { state, pointed, drawn } = useScene();
  const all = useSignal(false);
  const { ids, inks, names, unasked, left, hidden } = drawn();
  const shown = all.value ? ids : ids.slice(0, FEW);
  const toggle = (id: string) => {
    const now = state.view.peek().hidden;
    setView(state, { hidden: now.includes(id) ? now.filter((each) => each !== id) : [...now, id] });
  };
  if (ids.length === 0) return null;
  return (
    <div class="nbt-runbar" role="group" aria-label="Runs drawn">
      {shown.map((id) => (
        <span
          key={id}
          class={pointed.value === id ? "nbt-run-chip nbt-pointed" : "nbt-run-chip"}
          onMouseEnter={() => (pointed.value = id)}
          onMouseLeave={() => (pointed.value = null)}
        >
          <button type="button" class="nbt-chip-part" aria-pressed={!hidden.has(id)} title={hidden.has(id) ? "Draw this run" : "Hide this run"} onClick={() => toggle(id)}>
            <Swatch ink={inks.get(id)!} />
            <span class="nbt-run-chip-name">{names.get(id)}</span>
            {isLive(state, id) && <span class="nbt-pulse" title="running" style={{ color: inks.get(id)!.color }} />}
          </button>
          <button type="button" class="nbt-chip-part nbt-chip-open" aria-label={`Open ${names.get(id)}`} title="Open this run" onClick={() => open(state, id)}>
            ›
          </button>
        </span>
      ))}
      {ids.length > FEW && (
        <button type="button" class="nbt-textlink" onClick={() => (all.value = !all.value)}>
          {all.value ? "fewer" : `${ids.length - FEW} more`}
        </button>
      )}
      {left > 0 && <span class="nbt-dim">{left} more selected, not drawn</span>}
      {unasked && state.shown.value.length > ids.length && (
        <span class="nbt-dim">Showing the first {ids.length} runs. Select runs to choose which are drawn.</span>
      )}
    </div>
  );
}
