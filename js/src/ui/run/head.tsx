/** Which run is this, how did it go, and to which others does it belong? */

import { batch } from "@preact/signals";
import { number, text } from "../../data/frame";
import { setView, type State } from "../../state/state";
import { Swatch } from "../charts/swatch";
import { CommitLink, originOf } from "../commit_link";
import { drawnRuns, isLive, runName } from "../drawn";
import { dateTime, duration } from "../format";
import { NameEdit } from "./name_edit";
import { ABANDONED, lastSign, StatusBadge, statusOf } from "../status";

const PARENT = "mlflow.parentRunId";

export function Head({ state, id }: { state: State; id: string }) {
  const frame = state.frame.value;
  const row = frame.rowOf.get(id)!;
  const status = statusOf(state, id);
  const start = number(frame, "start_time", row);
  const experiment = text(frame, "experiment_id", row);
  const name = state.status.value.experiments.find((each) => each.id === experiment)?.name ?? experiment;
  const origin = originOf(frame, id);
  const ink = drawnRuns(state, id).inks.get(id)!;
  return (
    <header class="nbt-run-head">
      <h2>
        <Swatch ink={ink} />
        <NameEdit state={state} id={id} />
        {status !== null && (
          <span class="nbt-run-state">
            <StatusBadge status={status} />
          </span>
        )}
        {text(frame, "lifecycle_stage", row) === "deleted" && <span class="nbt-run-state nbt-bad">Deleted</span>}
      </h2>
      <dl class="nbt-facts">
        <Fact name="Experiment" value={name} />
        <Fact name="Started" value={dateTime(start)} />
        <Fact name="Duration" value={start === null ? "" : took(state, id, start)} />
        <Fact name="User" value={text(frame, "user_id", row)} />
        {origin.commit !== null && (
          <div>
            <dt>Commit</dt>
            <dd>
              <CommitLink commit={origin.commit} remote={origin.remote} />
            </dd>
          </div>
        )}
        <div>
          <dt>Run id</dt>
          <dd>
            <code class="nbt-mono">{id}</code>{" "}
            <button type="button" class="nbt-textlink" onClick={() => void navigator.clipboard?.writeText(id)}>
              copy
            </button>
          </dd>
        </div>
      </dl>
      <Family state={state} id={id} />
    </header>
  );
}

function took(state: State, id: string, start: number): string {
  const frame = state.frame.value;
  const end = lastSign(state, id) ?? number(frame, "end_time", frame.rowOf.get(id)!);
  if (end !== null) return duration(end - start);
  if (statusOf(state, id) === ABANDONED) return "not known";
  return isLive(state, id) ? `${duration(Math.max(0, state.table.now.value - start))} so far` : "no end recorded";
}

function Fact({ name, value }: { name: string; value: string | null }) {
  if (!value) return null;
  return (
    <div>
      <dt>{name}</dt>
      <dd>{value}</dd>
    </div>
  );
}

/** More children than this are counted. */
const MOST_CHILDREN = 30;

function Family({ state, id }: { state: State; id: string }) {
  const frame = state.frame.value;
  const parentOf = (row: number) => text(frame, `tags.${PARENT}`, row);
  const parent = parentOf(frame.rowOf.get(id)!);
  const children = frame.columns.has(`tags.${PARENT}`) ? frame.ids.filter((_, row) => parentOf(row) === id) : [];
  if (!parent && children.length === 0) return null;
  const link = (run: string) => (
    <button type="button" key={run} class="nbt-textlink" onClick={() => setView(state, { focus: run })}>
      {runName(frame, run)}
    </button>
  );
  const compare = () =>
    batch(() => {
      state.selected.value = children;
      setView(state, { tab: "compare" });
    });
  return (
    <p class="nbt-family">
      {parent && (
        <>
          <span class="nbt-dim">Parent</span> {frame.rowOf.has(parent) ? link(parent) : <code class="nbt-mono">{parent.slice(0, 8)}</code>}
        </>
      )}
      {children.length > 0 && (
        <>
          <span class="nbt-dim">{children.length === 1 ? "Child" : `${children.length} children`}</span> {children.slice(0, MOST_CHILDREN).map(link)}
          {children.length > MOST_CHILDREN && <span class="nbt-dim">and {children.length - MOST_CHILDREN} more</span>}
          {children.length > 1 && state.kind === "dashboard" && (
            <button type="button" class="nbt-textlink nbt-dim" onClick={compare}>
              compare them
            </button>
          )}
        </>
      )}
    </p>
  );
}
