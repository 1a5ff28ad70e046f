/** The models that a run logged as MLflow 3 keeps them: beside its files, with params, metrics and files of their own. */

import { readModels, type LoggedModel } from "../../state/artifacts";
import type { State } from "../../state/state";
import { Await, useFetched } from "../fetched";
import { dateTime, num } from "../format";
import { Files } from "./files";
import { Pairs } from "./pairs";

interface Props {
  state: State;
  run: string;
}

export function Models({ state, run }: Props) {
  const fetched = useFetched(state, `models ${run}`, () => readModels(state, run));
  return (
    <Await fetched={fetched}>
      {({ models, more }) => (
        <>
          {models.length === 0 && <p class="nbt-quiet">No models were logged, or they are among the files.</p>}
          {models.map((model) => (
            <Model key={model.id + model.used} state={state} run={run} model={model} />
          ))}
          {more > 0 && <p class="nbt-quiet">{more} more</p>}
        </>
      )}
    </Await>
  );
}

function Model({ state, run, model }: Props & { model: LoggedModel }) {
  const { id, name, used, problem, params, tags, metrics } = model;
  return (
    <section class="nbt-model" aria-label={`Model ${name || id}`}>
      <h3>
        {name || "model"} <code class="nbt-mono nbt-dim">{id}</code>
      </h3>
      {problem ? (
        <p class="nbt-quiet">{problem}</p>
      ) : (
        <>
          <p class="nbt-quiet">{factsOf(model, used)}</p>
          <div class="nbt-run-columns">
            <Pairs pairs={[...params, ...tags]} none="It has no params." />
            <Metrics metrics={metrics} />
          </div>
          <Files state={state} run={run} model={id} />
        </>
      )}
    </section>
  );
}

function factsOf({ type, status, step, made_at }: LoggedModel, used: boolean): string {
  return [used ? "used by this run" : "", type, status, step ? `step ${step}` : "", dateTime(made_at || null)].filter(Boolean).join(" · ");
}

function Metrics({ metrics }: Pick<LoggedModel, "metrics">) {
  if (metrics.length === 0) return <p class="nbt-quiet">It has no metrics.</p>;
  return (
    <table class="nbt-metrics">
      <thead>
        <tr>
          <th scope="col">metric</th>
          <th scope="col" class="nbt-number">
            last
          </th>
          <th scope="col" class="nbt-number">
            step
          </th>
          <th scope="col">data set</th>
        </tr>
      </thead>
      <tbody>
        {metrics.map(([key, value, step, dataset]) => (
          <tr key={`${key} ${dataset}`}>
            <th scope="row">{key}</th>
            <td class="nbt-number">{num(Number(value))}</td>
            <td class="nbt-number nbt-dim">{num(step)}</td>
            <td>{dataset}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
