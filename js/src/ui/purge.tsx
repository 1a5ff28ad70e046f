/** How are deleted runs removed for good? The dialog says first how much that is. */

import { useSignal } from "@preact/signals";
import type { State } from "../state/state";
import { Await, useFetched } from "./fetched";
import { bytesText } from "./run/bytes";

/** What the kernel says of the runs. */
export interface Purgeable {
  runs: { run: string; files: number; bytes: number; elsewhere: string }[];
  /** Runs that are kept, because they are still marked as running. */
  running: string[];
  /** What removes the runs themselves from a server; empty for other stores. */
  command: string;
}

interface Props {
  state: State;
  runs: readonly string[];
  close: () => void;
}

const count = (number: number, noun: string) => `${number.toLocaleString("en")} ${noun}${number === 1 ? "" : "s"}`;

/** One sentence about all that goes. */
export function totalText({ runs, command }: Purgeable): string {
  const files = runs.reduce((sum, run) => sum + run.files, 0);
  const bytes = runs.reduce((sum, run) => sum + run.bytes, 0);
  const what = command === "" ? `${count(runs.length, "run")} with ${count(files, "file")}` : `${count(files, "file")} of ${count(runs.length, "run")}`;
  return `${what} (${bytesText(bytes)})`;
}

export function Purge({ state, runs, close }: Props) {
  const busy = useSignal(false);
  const asked = useFetched(state, `purge ${runs.join(" ")}`, () => state.outlet.need({ what: "purgeable", runs: [...runs] }) as Promise<Purgeable>);
  const remove = async (found: Purgeable) => {
    busy.value = true;
    try {
      await state.outlet.edit({ what: "purge", runs: found.runs.map(({ run }) => run) });
      state.edits.notice.value = { words: `Removed ${totalText(found)}.` };
    } catch (error) {
      state.edits.notice.value = { words: `Not removed: ${(error as Error).message}`, bad: true };
    }
    close();
  };
  return (
    <Await fetched={asked}>
      {(found) => (
        <>
          <p>
            <strong>{totalText(found)}</strong> will be removed. Nothing brings them back.
          </p>
          {found.running.length > 0 && <p>{count(found.running.length, "run")} still marked as running will be kept.</p>}
          {found.runs.some(({ elsewhere }) => elsewhere !== "") && (
            <>
              <p>Left as they are, because they lie elsewhere:</p>
              <ul class="nbt-mono">{found.runs.filter(({ elsewhere }) => elsewhere !== "").slice(0, 5).map(({ run, elsewhere }) => <li key={run}>{elsewhere}</li>)}</ul>
            </>
          )}
          {found.command !== "" && (
            <p>
              The runs themselves can be removed where the server runs: <code class="nbt-mono">{found.command}</code>
            </p>
          )}
          <div class="nbt-dialog-row">
            <button class="nbt-plain" onClick={close}>
              Cancel
            </button>
            <button class="nbt-button" disabled={busy.value || found.runs.length === 0} onClick={() => void remove(found)}>
              Delete permanently
            </button>
          </div>
        </>
      )}
    </Await>
  );
}
