/** Why did a run fail? What was raised, and where: before all else that there is to say about it. */

import { text } from "../../data/frame";
import { readFile } from "../../state/artifacts";
import type { State } from "../../state/state";
import { Await, useFetched } from "../fetched";
import { ABANDONED, lastSign, statusOf } from "../status";
import { dateTime } from "../format";
import { readable } from "./kinds";
import { TRACEBACK } from "./names";

export function Failure({ state, id }: { state: State; id: string }) {
  const frame = state.frame.value;
  const status = statusOf(state, id);
  const error = text(frame, "tags.nbtrack.error", frame.rowOf.get(id)!);
  if (status === ABANDONED) return <Abandoned heard={lastSign(state, id)} />;
  if (error === null && status !== "FAILED") return null;
  return (
    <section class="nbt-failure" aria-label="Error">
      <p class="nbt-failure-line nbt-mono">{error ?? "This run failed without an error message."}</p>
      {/* Runs of other tools seldom keep a traceback: where there is no error there is none to ask for. */}
      {error !== null && <Traceback state={state} id={id} />}
    </section>
  );
}

function Traceback({ state, id }: { state: State; id: string }) {
  const fetched = useFetched(state, `traceback ${id}`, () =>
    readFile(state, id, TRACEBACK).catch(() => Promise.reject(new Error("No traceback was recorded."))),
  );
  return (
    <Await fetched={fetched}>
      {({ bytes, cut }) => (
        <pre class="nbt-text nbt-mono" tabIndex={0} aria-label="Traceback">
          {readable("text", bytes, cut)}
        </pre>
      )}
    </Await>
  );
}

function Abandoned({ heard }: { heard: number | null }) {
  return (
    <section class="nbt-failure nbt-failure-soft" aria-label="Abandoned">
      <p>
        The kernel that wrote this run stopped before the run ended.
        {heard !== null && ` Its last sign of life was at ${dateTime(heard)}.`} What it logged until then is shown here.
      </p>
    </section>
  );
}
