/** How is one cell of the runs table drawn? Whatever comes from a store becomes text, never markup. */

import type { ReadonlySignal } from "@preact/signals";
import { text, type Column, type Frame } from "../../data/frame";
import type { Experiment } from "../../protocol";
import type { State } from "../../state/state";
import { change } from "../../data/compare";
import { directionOf } from "../../data/directions";
import { baselineOf } from "../../state/baseline";
import { ago, brief, duration, num, visible } from "../format";
import { ABANDONED, lastSign, StatusBadge, statusOf } from "../status";
import type { Rank } from "./best";
import { aligned, type Place } from "./layout";
import { Spark } from "./spark";

export interface CellProps {
  state: State;
  frame: Frame;
  row: number;
  place: Place;
  narrow: boolean;
  best: Rank | null;
}

export function CellBody(props: CellProps) {
  const { state, frame, row, place } = props;
  if (place.name === "status") return <Status {...props} />;
  if (place.name === "duration") return <Duration {...props} />;
  if (place.name === "experiment_id") return <Experiment state={state} id={text(frame, place.name, row)} />;
  const column = frame.columns.get(place.name);
  if (!column) return null;
  if (column.kind === "text") return <>{words(text(frame, place.name, row), place.right)}</>;
  if (column.missing[row]) return <None />;
  if (place.name.endsWith("_time")) return <Ago ms={column.values[row]} now={state.table.now} />;
  return <Value {...props} column={column} />;
}

const None = () => <span class="nbt-missing" aria-label="no value" />;

// Text stands in the cell itself, without an element of its own: a screen of lines is written anew with every notch of the
// wheel. What a cell says when the mouse rests on it is in tips.ts for the same reason.
const words = (text: string | null, isNumber = false) =>
  text === null ? <None /> : text === "" ? "“”" : isNumber ? brief(text) : visible(text);

function Status({ state, frame, row, narrow }: CellProps) {
  const status = statusOf(state, frame.ids[row]);
  return status === null ? <None /> : <StatusBadge status={status} bare={narrow} />;
}

const Ago = ({ ms, now }: { ms: number; now: ReadonlySignal<number> }) => <>{ago(ms, now.value)}</>;

function Duration({ state, frame, row }: CellProps) {
  const column = frame.columns.get("duration");
  if (!column || column.kind === "text" || column.missing[row]) return <None />;
  const end = frame.columns.get("end_time");
  const start = frame.columns.get("start_time");
  const running = (!end || end.kind === "text" || end.missing[row]) && start?.kind === "number";
  const id = frame.ids[row];
  if (running && statusOf(state, id) === ABANDONED && lastSign(state, id) === null) return <None />;
  const ms = running ? (lastSign(state, id) ?? state.table.now.value) - start.values[row] : column.values[row];
  return <>{duration(Math.max(0, ms))}</>;
}

function Experiment({ state, id }: { state: State; id: string | null }) {
  return <>{words(experimentName(state, id))}</>;
}

export const experimentName = (state: State, id: string | null): string | null =>
  state.status.value.experiments.find((experiment: Experiment) => experiment.id === id)?.name ?? id;

function Value({ state, frame, row, place, best, column }: CellProps & { column: Exclude<Column, { kind: "text" }> }) {
  const value = aligned(column.values[row], place.decimals);
  const metric = place.name.startsWith("metrics.") ? place.name : null;
  return (
    <>
      {metric && <Delta state={state} row={row} column={column} name={metric} />}
      {place.spark && <Spark state={state} run={frame.ids[row]} metric={place.name.slice("metrics.".length)} />}
      {best ? (
        <span class={best === "all" ? "nbt-cell-best" : "nbt-cell-best nbt-best-own"}>
          {value}
          <span class="nbt-sr"> best{best === "own" && " of its experiment"}</span>
        </span>
      ) : (
        value
      )}
    </>
  );
}

/** How far the value is from the baseline's, colored where one of them is better. */
function Delta({ state, row, column, name }: { state: State; row: number; column: Exclude<Column, { kind: "text" }>; name: string }) {
  const baseline = baselineOf(state);
  if (baseline === null) return null;
  const frame = state.table.frame.value;
  const base = frame.rowOf.get(baseline);
  if (base === undefined || column.missing[base]) return null;
  if (base === row) return <span class="nbt-delta nbt-dim">baseline</span>;
  const found = change(column.values[row], column.values[base], directionOf(frame, state.view.value.directions, name));
  if (found === null) return null;
  const turn = found.turn === "better" || found.turn === "worse" ? `nbt-${found.turn}` : "nbt-dim";
  return <span class={`nbt-delta ${turn}`}>{found.turn === "same" ? "=" : `${found.by > 0 ? "+" : ""}${num(Number(found.by.toPrecision(3)))}`}</span>;
}
