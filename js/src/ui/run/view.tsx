/** Everything about one run. */

import { internal } from "../../data/columns";
import { number, text } from "../../data/frame";
import { setView, type State } from "../../state/state";
import { ChartsView } from "../charts/view";
import { Swatch } from "../charts/swatch";
import { CELL } from "../compare/code";
import { drawnRuns, isLive, runName } from "../drawn";
import { dateTime, duration } from "../format";
import { Block } from "./block";
import { Files, Source } from "./files";
import { Datasets } from "./datasets";
import { MetricTable } from "./metrics";
import { Markdown } from "./markdown";
import { Pairs } from "./pairs";

const NOTE = "mlflow.note.content";
/** What the cell printed. */
const LOG = "output.txt";
const PARENT = "mlflow.parentRunId";

/** The run in focus, or else the first one selected. */
export function focused(state: State): string | null {
  const { rowOf, ids } = state.frame.value;
  const { focus } = state.view.value;
  if (focus !== null && rowOf.has(focus)) return focus;
  return state.selected.value.find((id) => rowOf.has(id)) ?? (ids.length === 1 ? ids[0] : null);
}

export function RunView({ state }: { state: State }) {
  const id = focused(state);
  const lost = state.view.value.focus;
  if (id === null) {
    return <p class="nbt-hint">{lost ? `Run ${lost.slice(0, 8)} is not in this view.` : "Select a run in the table to see all about it."}</p>;
  }
  const frame = state.frame.value;
  const tags = cells(state, id, "tags.");
  const note = tags.find(([name]) => name === NOTE)?.[1];
  const own = tags.filter(([name]) => internal(`tags.${name}`));
  const others = tags.filter(([name]) => !internal(`tags.${name}`) && name !== NOTE);
  const status = text(frame, "status", frame.rowOf.get(id)!);
  return (
    <article class="nbt-run" aria-label={`Run ${runName(frame, id)}`} key={id}>
      <Head state={state} id={id} />
      <div class="nbt-run-columns">
        <div>
          {note && (
            <Block title="Description">
              <Markdown text={note} />
            </Block>
          )}
          <Block title="Params">
            <Pairs pairs={cells(state, id, "params.")} none="No params were logged." />
          </Block>
          <Block title="Tags">
            <Pairs pairs={others} none="No tags." />
            {own.length > 0 && (
              <details class="nbt-details">
                <summary>System tags ({own.length})</summary>
                <Pairs pairs={own} none="" />
              </details>
            )}
          </Block>
        </div>
        <div>
          <Block title="Metrics">
            <MetricTable state={state} id={id} />
          </Block>
        </div>
      </div>
      <Block title="Charts">
        <ChartsView state={state} only={id} />
      </Block>
      <Block title="Files" open={status === "FAILED" && state.life.value === "live"}>
        <Files state={state} run={id} />
      </Block>
      <Block title="Datasets" open={false}>
        <Datasets state={state} run={id} />
      </Block>
      <Block title="Log" open={false}>
        <Source state={state} run={id} path={LOG} />
      </Block>
      <Block title="Code" open={false}>
        <Source state={state} run={id} path={CELL} />
      </Block>
    </article>
  );
}

function Head({ state, id }: { state: State; id: string }) {
  const frame = state.frame.value;
  const row = frame.rowOf.get(id)!;
  const status = text(frame, "status", row) ?? "";
  const start = number(frame, "start_time", row);
  const end = number(frame, "end_time", row);
  const experiment = text(frame, "experiment_id", row);
  const name = state.status.value.experiments.find((each) => each.id === experiment)?.name ?? experiment;
  const ink = drawnRuns(state, id).inks.get(id)!;
  const live = isLive(state, id);
  return (
    <header class="nbt-run-head">
      <h2>
        <Swatch ink={ink} />
        {runName(frame, id)}
        <span class={`nbt-run-state nbt-run-state-${status.toLowerCase().replace(/[^a-z]/g, "")}`}>
          {live && <span class="nbt-pulse" />}
          {status.toLowerCase()}
        </span>
        {text(frame, "lifecycle_stage", row) === "deleted" && <span class="nbt-run-state nbt-bad">deleted</span>}
      </h2>
      <dl class="nbt-facts">
        <Fact name="Experiment" value={name} />
        <Fact name="Started" value={dateTime(start)} />
        <Fact name="Duration" value={start === null ? "" : end !== null ? duration(end - start) : live ? "still running" : "no end recorded"} />
        <Fact name="User" value={text(frame, "user_id", row)} />
        <div>
          <dt>Run id</dt>
          <dd>
            <code class="nbt-mono">{id}</code>
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
  return (
    <p class="nbt-family">
      {parent && (
        <>
          <span class="nbt-dim">Parent</span> {frame.rowOf.has(parent) ? link(parent) : <code class="nbt-mono">{parent.slice(0, 8)}</code>}
        </>
      )}
      {children.length > 0 && (
        <>
          <span class="nbt-dim">{children.length === 1 ? "Child" : `${children.length} children`}</span>{" "}
          {children.slice(0, MOST_CHILDREN).map(link)}
          {children.length > MOST_CHILDREN && <span class="nbt-dim">…</span>}
        </>
      )}
    </p>
  );
}

const byName = new Intl.Collator("en", { numeric: true, sensitivity: "base" }).compare;

/** The run's text cells of the columns that begin with `prefix`, by name. */
function cells(state: State, id: string, prefix: string): [name: string, value: string][] {
  const frame = state.frame.value;
  const row = frame.rowOf.get(id)!;
  const found: [string, string][] = [];
  for (const name of frame.columns.keys()) {
    const value = name.startsWith(prefix) ? text(frame, name, row) : null;
    if (value !== null) found.push([name.slice(prefix.length), value]);
  }
  return found.sort(([a], [b]) => byName(a, b));
}
