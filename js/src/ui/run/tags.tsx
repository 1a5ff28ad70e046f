/** The run's tags as chips: a click changes one, a cross removes it, and new ones are added at the end. */

import { useSignal } from "@preact/signals";
import { whyNoEdits, type State } from "../../state/state";
import { focusOnce } from "../focus_once";
import { Icon } from "../icons";
import { Line } from "../line";

interface Props {
  state: State;
  id: string;
  tags: readonly [name: string, value: string][];
}

/** The tag that is being written; `isNew` may be given another name. */
interface Draft {
  key: string;
  value: string;
  isNew: boolean;
}

export function Tags({ state, id, tags }: Props) {
  const draft = useSignal<Draft | null>(null);
  const canEdit = whyNoEdits(state) === null;
  const save = () => {
    const { key, value } = draft.peek()!;
    draft.value = null;
    void state.edits.make({ what: "set_tag", runs: [id], key: key.trim(), value });
  };
  const remove = (key: string) => void state.edits.make({ what: "delete_tag", runs: [id], key });
  return (
    <div class="nbt-chips">
      {tags.length === 0 && <span class="nbt-quiet">No tags.</span>}
      {tags.map(([key, value]) => (
        <span key={key} class="nbt-chip">
          <button type="button" class="nbt-chip-words" disabled={!canEdit} title={canEdit ? `Change ${key}` : key} onClick={() => (draft.value = { key, value, isNew: false })}>
            <span class="nbt-dim">{key}</span> {value}
          </button>
          {canEdit && (
            <button type="button" class="nbt-plain" aria-label={`Remove ${key}`} title={`Remove ${key}`} onClick={() => remove(key)}>
              <Icon name="close" size={10} />
            </button>
          )}
        </span>
      ))}
      {canEdit && draft.value === null && (
        <button type="button" class="nbt-textlink" onClick={() => (draft.value = { key: "", value: "", isNew: true })}>
          + Tag
        </button>
      )}
      {draft.value !== null && <Fields draft={draft.value} write={(next) => (draft.value = next)} save={save} />}
    </div>
  );
}

function Fields({ draft, write, save }: { draft: Draft; write: (draft: Draft | null) => void; save: () => void }) {
  return (
    <div
      class="nbt-chip-fields"
      onKeyDown={(event) => {
        if (event.key !== "Escape") return;
        event.preventDefault();
        event.stopPropagation();
        write(null);
      }}
    >
      <Line does={save} words="Save" disabled={draft.key.trim() === ""}>
        {draft.isNew ? (
          <input class="nbt-input" aria-label="New tag" placeholder="tag" value={draft.key} ref={focusOnce} onInput={(event) => write({ ...draft, key: event.currentTarget.value })} />
        ) : (
          <span class="nbt-dim">{draft.key}</span>
        )}
        <input class="nbt-input" aria-label={draft.isNew ? "Its value" : `Value of ${draft.key}`} placeholder="value" value={draft.value} ref={draft.isNew ? null : focusOnce} onInput={(event) => write({ ...draft, value: event.currentTarget.value })} />
      </Line>
    </div>
  );
}
