/** The run's name, changed where it is read. */

import { useSignal } from "@preact/signals";
import { whyNoEdits, type State } from "../../state/state";
import { runName } from "../drawn";
import { focusOnce } from "../focus_once";
import { Icon } from "../icons";

export function NameEdit({ state, id }: { state: State; id: string }) {
  const draft = useSignal<string | null>(null);
  const name = runName(state.frame.value, id);
  const why = whyNoEdits(state);
  if (draft.value === null) {
    return (
      <>
        {name}
        <button type="button" class="nbt-tool" aria-label="Rename this run" title={why ?? "Rename"} disabled={why !== null} onClick={() => (draft.value = name)}>
          <Icon name="edit" size={13} />
        </button>
      </>
    );
  }
  const save = () => {
    const value = draft.peek()!.trim();
    draft.value = null;
    if (value !== "" && value !== name) void state.edits.make({ what: "rename", runs: [id], value });
  };
  return (
    <input
      class="nbt-input nbt-name-input"
      aria-label="Name of the run"
      value={draft.value}
      ref={focusOnce}
      onInput={(event) => (draft.value = event.currentTarget.value)}
      onBlur={save}
      onKeyDown={(event) => {
        if (event.key === "Enter") save();
        else if (event.key === "Escape") draft.value = null;
        else return;
        event.preventDefault();
        event.stopPropagation();
      }}
    />
  );
}
