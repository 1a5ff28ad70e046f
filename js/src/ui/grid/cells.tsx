/** How is one cell of the runs table drawn? Whatever comes from a store becomes text, never markup. */

import type { ReadonlySignal } from "@preact/signals";
import { text, type Column, type Frame } from "../../data/frame";
import type { Experiment } from "../../protocol";
import type { State } from "../../state/state";
import { ago, brief, duration, visible } from "../format";
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
  return (
    <>
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
