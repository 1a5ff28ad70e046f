/** The run's description, in Markdown: read, and written beside a preview. */

import { useSignal } from "@preact/signals";
import { NOTE } from "../../state/edits";
import { whyNoEdits, type State } from "../../state/state";
import { focusOnce } from "../focus_once";
import { Block } from "./block";
import { Markdown } from "./markdown";

export function Description({ state, id, text }: { state: State; id: string; text: string }) {
  const draft = useSignal<string | null>(null);
  const why = whyNoEdits(state);
  if (text === "" && why !== null) return null;
  const save = () => {
    const value = draft.peek()!;
    draft.value = null;
    if (value.trim() === "") void state.edits.make({ what: "delete_tag", runs: [id], key: NOTE });
    else void state.edits.make({ what: "set_tag", runs: [id], key: NOTE, value });
  };
  return (
    <Block title="Description">
      {draft.value === null ? (
        <>
          {text !== "" && <Markdown text={text} />}
          {why === null && (
            <button type="button" class="nbt-textlink" onClick={() => (draft.value = text)}>
              {text === "" ? "Add a description" : "Edit"}
            </button>
          )}
        </>
      ) : (
        <Editor draft={draft.value} write={(value) => (draft.value = value)} save={save} cancel={() => (draft.value = null)} />
      )}
    </Block>
  );
}

interface EditorProps {
  draft: string;
  write: (text: string) => void;
  save: () => void;
  cancel: () => void;
}

/** Text and preview side by side. Ctrl+Enter saves, Escape gives up. */
export function Editor({ draft, write, save, cancel }: EditorProps) {
  return (
    <div
      class="nbt-editor"
      onKeyDown={(event) => {
        if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) save();
        else if (event.key === "Escape") cancel();
        else return;
        event.preventDefault();
        event.stopPropagation();
      }}
    >
      <textarea class="nbt-input" aria-label="Description" placeholder="Markdown" value={draft} ref={focusOnce} onInput={(event) => write(event.currentTarget.value)} />
      <div class="nbt-editor-preview" aria-label="Preview">
        {draft.trim() === "" ? <span class="nbt-dim">Preview</span> : <Markdown text={draft} />}
      </div>
      <div class="nbt-dialog-row">
        <button type="button" class="nbt-button" title="Ctrl+Enter" onClick={save}>
          Save
        </button>
        <button type="button" class="nbt-plain" onClick={cancel}>
          Cancel
        </button>
      </div>
    </div>
  );
}
