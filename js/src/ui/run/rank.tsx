/** Why does this run rank where it does? Its neighbors and the others: params with their importance, data, packages and code. */

import { useSignal } from "@preact/signals";
import { useMemo } from "preact/hooks";
import { chosenMetric, varying } from "../../data/analysis";
import { packageRows } from "../../data/packages";
import { rankOf, type Difference, type Neighbor, type Rank as Found } from "../../data/rank";
import { readDatasets, readFile } from "../../state/artifacts";
import { setBaseline } from "../../state/baseline";
import { directionIn, setView, type State } from "../../state/state";
import { importancesIn } from "../analyse/importance";
import { CodeDiff } from "../compare/code";
import { runName } from "../drawn";
import { Await, useFetched } from "../fetched";
import { num } from "../format";
import { Block } from "./block";
import { PACKAGES } from "./names";

export function RankBlock({ state, id }: { state: State; id: string }) {
  if (state.kind !== "dashboard") return null;
  return (
    <Block title="Why this rank">
      <Rank state={state} id={id} />
    </Block>
  );
}

function Rank({ state, id }: { state: State; id: string }) {
  const picked = useSignal<string | null>(null);
  const frame = state.frame.value;
  const rows = state.table.scopeRows.value;
  const known = useMemo(() => varying(frame, rows), [frame, rows]);
  const sorted = state.table.sortings.value.map(({ name }) => name).find((name) => name.startsWith("metrics."));
  const own = known.metrics.filter((name) => !name.startsWith("metrics.system/"));
  const first = sorted?.replace(/\.(min|max|first)$/, "").slice("metrics.".length) ?? chosenMetric(own, (name) => directionIn(state, name));
  const metric = picked.value ?? first;
  if (metric === null) return <p class="nbt-quiet">No metric differs among these runs.</p>;
  const direction = directionIn(state, metric);
  return (
    <>
      <div class="nbt-controls">
        <label class="nbt-field">
          Metric
          <select class="nbt-input" aria-label="Metric of the rank" value={metric} onChange={(event) => (picked.value = event.currentTarget.value)}>
            {[...new Set([metric, ...own.map((name) => name.slice("metrics.".length))])].map((name) => (
              <option key={name} value={name}>
                {name}
              </option>
            ))}
          </select>
        </label>
        {(["min", "max"] as const).map((goal) => (
          <button
            key={goal}
            type="button"
            class="nbt-pick"
            aria-pressed={direction === goal}
            onClick={() => setView(state, { directions: { ...state.view.peek().directions, [metric]: goal } })}
          >
            {goal === "min" ? "minimize" : "maximize"}
          </button>
        ))}
      </div>
      {direction === null ? <p class="nbt-quiet">Choose whether {metric} is to be minimized or maximized.</p> : <Reasons state={state} id={id} metric={metric} direction={direction} />}
    </>
  );
}

function Reasons({ state, id, metric, direction }: { state: State; id: string; metric: string; direction: "min" | "max" }) {
  const frame = state.frame.value;
  const rows = state.table.scopeRows.value;
  const found = useMemo(() => rankOf(frame, rows, id, metric, direction), [frame, rows, id, metric, direction]);
  const importance = useMemo(() => importanceOf(state, metric), [frame, rows, metric]);
  if (found === null) return <p class="nbt-quiet">This run has no finite value of {metric}, or no other run has one.</p>;
  const nearest = found.neighbors.find(({ place }) => place > found.place) ?? found.neighbors[0];
  return (
    <>
      <p>
        <b>
          {found.place} of {found.total}
        </b>{" "}
        by {metric} ({direction === "min" ? "minimize" : "maximize"}): {num(found.value)}
        {found.tied > 0 && `, the same as ${found.tied === 1 ? "1 other run" : `${found.tied} other runs`}`}
      </p>
      <Neighbors state={state} id={id} found={found} importance={importance} />
      <Others found={found} importance={importance} />
      {nearest && <Beside state={state} id={id} other={nearest.run} />}
    </>
  );
}

type Importance = ReadonlyMap<string, number>;

/** The permutation importance of each param; the size of the rank correlation where there are few runs. */
function importanceOf(state: State, metric: string): Importance {
  const frame = state.frame.peek();
  const rows = [...state.table.scopeRows.peek()];
  const params = varying(frame, rows).params;
  const { importances } = importancesIn(frame, rows, metric, params);
  return new Map(importances.map(({ param, permutation, correlation }) => [param, permutation ?? Math.abs(correlation)]));
}

function Neighbors({ state, id, found, importance }: { state: State; id: string; found: Found; importance: Importance }) {
  const frame = state.frame.value;
  const line = ({ run, place, value, differences }: Neighbor) => (
    <tr key={run}>
      <td class="nbt-number">{place}</td>
      <td>
        <button type="button" class="nbt-textlink" onClick={() => setView(state, { focus: run })}>
          {runName(frame, run)}
        </button>
      </td>
      <td class="nbt-number">{num(value)}</td>
      <td>
        {differences.length === 0 ? <span class="nbt-quiet">the same params</span> : <Params differences={differences} importance={importance} />}
      </td>
      <td>
        <button type="button" class="nbt-textlink" onClick={() => compareWith(state, id, run)}>
          Compare
        </button>
      </td>
    </tr>
  );
  return (
    <table class="nbt-metrics nbt-rank">
      <thead>
        <tr>
          <th scope="col">rank</th>
          <th scope="col">run</th>
          <th scope="col">value</th>
          <th scope="col">params there, with their importance</th>
          <th scope="col" />
        </tr>
      </thead>
      <tbody>{found.neighbors.map(line)}</tbody>
    </table>
  );
}

const MAX_PARAMS = 8;

/** The most important first. */
function Params({ differences, importance }: { differences: readonly Difference[]; importance: Importance }) {
  const sorted = differences.toSorted((a, b) => (importance.get(b.param) ?? 0) - (importance.get(a.param) ?? 0));
  return (
    <>
      {sorted.slice(0, MAX_PARAMS).map(({ param, other }) => (
        <span key={param} class="nbt-rank-param" title={`${param} = ${other ?? "none"}`}>
          {param}={other ?? "none"}
          <Share of={importance.get(param)} />
        </span>
      ))}
      {sorted.length > MAX_PARAMS && <span class="nbt-quiet">and {sorted.length - MAX_PARAMS} more</span>}
    </>
  );
}

const Share = ({ of }: { of: number | undefined }) => (of === undefined ? null : <span class="nbt-dim"> ({num(Math.max(0, Number(of.toFixed(2))))})</span>);

function Others({ found, importance }: { found: Found; importance: Importance }) {
  if (found.unusual.length === 0) return null;
  const sorted = found.unusual.toSorted((a, b) => (importance.get(b.param) ?? 0) - (importance.get(a.param) ?? 0));
  return (
    <table class="nbt-metrics nbt-rank">
      <thead>
        <tr>
          <th scope="col">param</th>
          <th scope="col">this run</th>
          <th scope="col">the other {found.total - 1}</th>
          <th scope="col">importance</th>
        </tr>
      </thead>
      <tbody>
        {sorted.slice(0, MAX_PARAMS).map(({ param, own, other, kind, count }) => (
          <tr key={param}>
            <th scope="row">{param}</th>
            <td>{own ?? "none"}</td>
            <td>
              {other ?? "none"} <span class="nbt-dim">{kind === "median" ? "median" : `in ${count}`}</span>
            </td>
            <td class="nbt-number">
              <Share of={importance.get(param)} />
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

/** What differs from the nearest run in data, packages and code. */
function Beside({ state, id, other }: { state: State; id: string; other: string }) {
  const frame = state.frame.value;
  const ids = [other, id];
  const list = (run: string) => readFile(state, run, PACKAGES).then(({ bytes }) => new TextDecoder().decode(bytes), () => null);
  const data = useFetched(state, `rank data ${ids.join(" ")}`, () => Promise.all(ids.map((run) => readDatasets(state, run))));
  const packages = useFetched(state, `rank packages ${ids.join(" ")}`, async () => packageRows(await Promise.all(ids.map(list))));
  return (
    <>
      <p>
        Beside {runName(frame, other)}:{" "}
        <Await fetched={data}>
          {([theirs, mine]) => {
            const named = (each: typeof mine) => each.map(({ name, digest }) => `${name} ${digest}`).sort().join(", ");
            return <span>{named(mine) === named(theirs) ? "the same data" : `data ${named(mine) || "none"}, there ${named(theirs) || "none"}`}</span>;
          }}
        </Await>
        {" · "}
        <Await fetched={packages}>
          {(rows) => {
            const differing = rows.filter(({ differs }) => differs);
            const shown = differing.slice(0, MAX_PARAMS).map(({ name, versions }) => `${name} ${versions[1] ?? "none"}, there ${versions[0] ?? "none"}`);
            return <span>{differing.length === 0 ? "the same packages" : `packages: ${shown.join("; ")}${differing.length > MAX_PARAMS ? "; …" : ""}`}</span>;
          }}
        </Await>{" "}
        <button type="button" class="nbt-textlink" onClick={() => setBaseline(state, other)}>
          Set as baseline
        </button>
      </p>
      <CodeDiff state={state} ids={ids} />
    </>
  );
}

function compareWith(state: State, id: string, other: string): void {
  state.selected.value = [id, other];
  setView(state, { tab: "compare", compare: { baseline: other } });
}
