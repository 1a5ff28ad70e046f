/** How are runs renamed, tagged and annotated? One small dialog, for one run or for all that are selected. */

import { useSignal } from "@preact/signals";
import { useLayoutEffect, useRef } from "preact/hooks";
import { internal, STORE } from "../data/columns";
import { text } from "../data/frame";
import { NOTE } from "../state/edits";
import type { Editing, State } from "../state/state";
import { nameOf } from "../state/table";
import { COLOR_TAG, COLORS } from "../palette";
import { chosenColors, colorOfId } from "./color";
import { Icon } from "./icons";
import { Line } from "./line";
import { Purge } from "./purge";

const TITLES = { name: "Rename", tags: "Tags of", note: "Description of", color: "Color of", purge: "Delete permanently:" };

export function EditDialog({ state, editing }: { state: State; editing: Editing }) {
  const sheet = useRef<HTMLDivElement>(null);
  const close = () => (state.editing.value = null);
  useLayoutEffect(() => {
    const before = (sheet.current!.getRootNode() as ShadowRoot | Document).activeElement as HTMLElement | null;
    const field = sheet.current!.querySelector<HTMLInputElement>("input, textarea");
    field?.focus();
    field?.select();
    return () => before?.focus({ preventScroll: true });
  }, []);
  const { runs, what } = editing;
  const frame = state.table.frame.value;
  const first = frame.rowOf.get(runs[0]);
  if (first === undefined) return null;
  const title = `${TITLES[what]} ${runs.length === 1 ? nameOf(frame, first) : `${runs.length} runs`}`;
  return (
    <div
      ref={sheet}
      class="nbt-sheet nbt-dialog"
      role="dialog"
      tabIndex={-1}
      aria-label={title}
      onKeyDown={(event) => {
        if (event.key !== "Escape") return;
        event.preventDefault();
        event.stopPropagation();
        close();
      }}
    >
      <h3 class="nbt-ellipsis">{title}</h3>
      {what === "name" && <Rename state={state} runs={runs} close={close} />}
      {what === "tags" && <Tags state={state} runs={runs} close={close} />}
      {what === "note" && <Note state={state} runs={runs} close={close} />}
      {what === "color" && <Color state={state} runs={runs} close={close} />}
      {what === "purge" && <Purge state={state} runs={runs} close={close} />}
    </div>
  );
}

interface PartProps {
  state: State;
  runs: readonly string[];
  close: () => void;
}

/** The palette, any other color, and the way back to the run's own. */
function Color({ state, runs, close }: PartProps) {
  const frame = state.frame.value;
  const chosen = chosenColors(frame, runs, state.status.value.colors);
  const now = chosen.get(runs[0]) ?? colorOfId(runs[0]);
  const set = (value: string) => void state.edits.make({ what: "set_tag", runs: [...runs], key: COLOR_TAG, value });
  return (
    <>
      <div class="nbt-colors" role="group" aria-label="Colors">
        {COLORS.map((color) => (
          <button
            key={color}
            type="button"
            class="nbt-color"
            style={{ background: color }}
            aria-label={color}
            aria-pressed={color === now}
            onClick={() => {
              set(color);
              close();
            }}
          />
        ))}
        <input class="nbt-color" type="color" aria-label="Another color" value={now} onChange={(event) => set(event.currentTarget.value)} />
      </div>
      <div class="nbt-dialog-row">
        <button class="nbt-plain" disabled={chosen.size === 0} onClick={() => void state.edits.make({ what: "delete_tag", runs: [...runs], key: COLOR_TAG })}>
          Use the default color
        </button>
        <button class="nbt-button" onClick={close}>
          Done
        </button>
      </div>
    </>
  );
}

/** What all the runs have in a column; null where they differ. */
function common(state: State, runs: readonly string[], column: string): string | null {
  const frame = state.table.frame.value;
  const words = new Set(runs.map((run) => text(frame, column, frame.rowOf.get(run) ?? -1)));
  return words.size === 1 ? [...words][0] : null;
}

function Rename({ state, runs, close }: PartProps) {
  const draft = useSignal(common(state, runs, "run_name") ?? "");
  const rename = () => {
    void state.edits.make({ what: "rename", runs: [...runs], value: draft.peek().trim() });
    close();
  };
  return (
    <Line does={rename} words="Rename" disabled={draft.value.trim() === ""}>
      <input class="nbt-input" aria-label="Name" value={draft.value} onInput={(event) => (draft.value = event.currentTarget.value)} />
    </Line>
  );
}

function Note({ state, runs, close }: PartProps) {
  const before = common(state, runs, `tags.${NOTE}`);
  const draft = useSignal(before ?? "");
  const save = () => {
    const value = draft.peek();
    if (value.trim() === "") void state.edits.make({ what: "delete_tag", runs: [...runs], key: NOTE });
    else void state.edits.make({ what: "set_tag", runs: [...runs], key: NOTE, value });
    close();
  };
  return (
    <>
      <textarea
        class="nbt-input"
        aria-label="Description"
        placeholder="Notes in Markdown"
        value={draft.value}
        onInput={(event) => (draft.value = event.currentTarget.value)}
        onKeyDown={(event) => {
          if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey)) return;
          event.preventDefault();
          event.stopPropagation();
          save();
        }}
      />
      <div class="nbt-dialog-row">
        <button class="nbt-button" disabled={draft.value === (before ?? "")} onClick={save}>
          Save description
        </button>
        <button class="nbt-plain" onClick={close}>
          Cancel
        </button>
        {before === null && runs.length > 1 && <span class="nbt-dim">Replaces the descriptions of all {runs.length} runs.</span>}
      </div>
    </>
  );
}

function Tags({ state, runs, close }: PartProps) {
  const frame = state.table.frame.value;
  const has = (name: string) => runs.some((run) => text(frame, name, frame.rowOf.get(run) ?? -1) !== null);
  const names = [...frame.columns.keys()].filter((name) => name.startsWith("tags.") && !internal(name) && name !== `tags.${NOTE}` && name !== STORE && has(name));
  const fresh = useSignal({ key: "", value: "" });
  const key = useRef<HTMLInputElement>(null);
  const set = (key: string, value: string) => void state.edits.make({ what: "set_tag", runs: [...runs], key, value });
  const add = () => {
    set(fresh.peek().key.trim(), fresh.peek().value);
    fresh.value = { key: "", value: "" };
    key.current?.focus(); // the next tag begins with its name
  };
  return (
    <>
      <Line does={add} words="Add" disabled={fresh.value.key.trim() === ""}>
        <input ref={key} class="nbt-input" aria-label="New tag" placeholder="tag" value={fresh.value.key} onInput={(event) => (fresh.value = { ...fresh.peek(), key: event.currentTarget.value })} />
        <input class="nbt-input" aria-label="Its value" placeholder="value" value={fresh.value.value} onInput={(event) => (fresh.value = { ...fresh.peek(), value: event.currentTarget.value })} />
      </Line>
      {names.map((name) => {
        const key = name.slice("tags.".length);
        const value = common(state, runs, name);
        return (
          <div key={name} class="nbt-dialog-row">
            <span class="nbt-ellipsis" title={key}>
              {key}
            </span>
            <input
              class="nbt-input"
              aria-label={`Value of ${key}`}
              value={value ?? ""}
              placeholder={value === null ? "different values" : ""}
              onChange={(event) => (value !== null || event.currentTarget.value !== "") && set(key, event.currentTarget.value)}
            />
            <button class="nbt-plain" aria-label={`Remove ${key}`} onClick={() => void state.edits.make({ what: "delete_tag", runs: [...runs], key })}>
              <Icon name="close" size={11} />
            </button>
          </div>
        );
      })}
      <div class="nbt-dialog-row">
        <button class="nbt-button" onClick={close}>
          Done
        </button>
      </div>
    </>
  );
}
