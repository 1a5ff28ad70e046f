/** Everything about one run. */

import { internal, isTime } from "../../data/columns";
import { text } from "../../data/frame";
import type { State } from "../../state/state";
import { ChartsView } from "../charts/view";
import { CommitChanges } from "../commits";
import { runName } from "../drawn";
import { dateTime } from "../format";
import { Block } from "./block";
import { useCounts } from "./counts";
import { Datasets } from "./datasets";
import { Description } from "./description";
import { Failure } from "./failure";
import { Files } from "./files";
import { Head } from "./head";
import { isSystem, metricsOf, MetricTable } from "./metrics";
import { Models } from "./models";
import { CELL, LOG } from "./names";
import { Pairs } from "./pairs";
import { RankBlock } from "./rank";
import { Tags } from "./tags";
import { Texts } from "./texts";

const NOTE = "mlflow.note.content";
const COMMIT = "mlflow.source.git.commit";

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
  return <RunPage key={id} state={state} id={id} />;
}

function RunPage({ state, id }: { state: State; id: string }) {
  const frame = state.frame.value;
  const counts = useCounts(state, id);
  const metrics = metricsOf(frame, id);
  const system = metrics.filter(isSystem).length;
  return (
    <article class="nbt-run" aria-label={`Run ${runName(frame, id)}`}>
      <Head state={state} id={id} />
      <Failure state={state} id={id} />
      <Values state={state} id={id} />
      <RankBlock state={state} id={id} />
      <Block title="Charts">
        <ChartsView state={state} only={id} />
      </Block>
      {system > 0 && (
        <Block title="System metrics" count={system} open={false}>
          <MetricTable state={state} id={id} system />
        </Block>
      )}
      <Block title="Files" count={counts.files} open={false}>
        <Files state={state} run={id} />
      </Block>
      <Block title="Models" count={counts.models} open={false}>
        <Models state={state} run={id} />
      </Block>
      <Block title="Datasets" count={counts.datasets} open={false}>
        <Datasets state={state} run={id} />
      </Block>
      <Block title="Log" count={counts.log} open={false}>
        <Texts state={state} run={id} name={LOG} none="No printed output was recorded." />
      </Block>
      <Block title="Code" count={counts.code} open={false}>
        <Texts state={state} run={id} name={CELL} none="No code was recorded: the run was not made by %%track." />
      </Block>
      {text(frame, `tags.${COMMIT}`, frame.rowOf.get(id)!) !== null && (
        <Block title="Changes since the commit" open={false}>
          <CommitChanges state={state} runs={[id]} />
        </Block>
      )}
    </article>
  );
}

function Values({ state, id }: { state: State; id: string }) {
  const tags = cells(state, id, "tags.");
  const note = tags.find(([name]) => name === NOTE)?.[1];
  const own = tags.filter(([name]) => internal(`tags.${name}`)).map(([name, value]): [string, string] => [name, isTime(`tags.${name}`) ? dateTime(Number(value)) || value : value]);
  const params = cells(state, id, "params.");
  const others = tags.filter(([name]) => !internal(`tags.${name}`) && name !== NOTE);
  return (
    <div class="nbt-run-columns">
      <div>
        <Description state={state} id={id} text={note ?? ""} />
        <Block title="Params" count={params.length}>
          <Pairs pairs={params} none="No params were logged." />
        </Block>
        <Block title="Tags" count={others.length}>
          <Tags state={state} id={id} tags={others} />
          {own.length > 0 && (
            <details class="nbt-details">
              <summary>System tags ({own.length})</summary>
              <Pairs pairs={own} none="" />
            </details>
          )}
        </Block>
      </div>
      <div>
        <Block title="Metrics" count={metricsOf(state.frame.value, id).filter((name) => !isSystem(name)).length}>
          <MetricTable state={state} id={id} />
        </Block>
      </div>
    </div>
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
