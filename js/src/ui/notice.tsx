/** What was changed last, and how is it taken back? */

import type { State } from "../state/state";
import { Icon } from "./icons";

export function EditNotice({ state }: { state: State }) {
  const { notice } = state.edits;
  const said = notice.value;
  if (said === null) return null;
  const { undo = [], anyway } = said;
  const waits = state.edits.waiting.value.length > 0;
  return (
    <div class={`nbt-notice${said.bad ? " nbt-notice-bad" : ""}`} role={said.bad ? "alert" : "status"}>
      <span class="nbt-ellipsis">{said.words}</span>
      {waits && <span class="nbt-dim">Waiting for the kernel</span>}
      {undo.length > 0 && (
        <button class="nbt-button" title="Ctrl+Z in the table" onClick={() => void state.edits.undo()}>
          Undo
        </button>
      )}
      {anyway && (
        <button class="nbt-button" onClick={() => void state.edits.make(anyway, { anyway: true })}>
          Change anyway
        </button>
      )}
      <span class="nbt-space" />
      <button class="nbt-plain" aria-label="Close" onClick={() => (notice.value = null)}>
        <Icon name="close" size={11} />
      </button>
    </div>
  );
}
