/** How is one cell of the runs table drawn? Whatever comes from a store becomes text, never markup. */

import type { ReadonlySignal } from "@preact/signals";
import { text, type Column, type Frame } from "../../data/frame";
import type { Experiment } from "../../protocol";
import type { State } from "../../state/state";
import { ago, dateTime, duration } from "../format";
import { ABANDONED, lastSign, StatusBadge, statusOf } from "../status";
import { aligned, type Place } from "./layout";
import { Spark } from "./spark";

export interface CellProps {
  state: State;
  frame: Frame;
  row: number;
  place: Place;
  narrow: boolean;
  best: boolean;
}

export function CellBody(props: CellProps) {
  const { state, frame, row, place } = props;
  if (place.name === "status") return <Status {...props} />;
  if (place.name === "duration") return <Duration {...props} />;
  if (place.name === "experiment_id") return <Experiment state={state} id={text(frame, place.name, row)} />;
  const column = frame.columns.get(place.name);
  if (!column) return null;
  if (column.kind === "text") return <Words text={text(frame, place.name, row)} />;
  if (column.missing[row]) return <None />;
  if (place.name.endsWith("_time")) return <Ago ms={column.values[row]} now={state.table.now} />;
  return <Value {...props} column={column} />;
}

const None = () => <span class="nbt-missing" aria-label="no value" />;

function Words({ text }: { text: string | null }) {
  if (text === null) return <None />;
  return <span title={text.length > 8 ? text : undefined}>{text === "" ? "“”" : text}</span>;
}

function Status({ state, frame, row, narrow }: CellProps) {
  const status = statusOf(state, frame.ids[row]);
  return status === null ? <None /> : <StatusBadge status={status} bare={narrow} />;
}

function Ago({ ms, now }: { ms: number; now: ReadonlySignal<number> }) {
  return <span title={dateTime(ms)}>{ago(ms, now.value)}</span>;
}

function Duration({ state, frame, row }: CellProps) {
  const column = frame.columns.get("duration");
  if (!column || column.kind === "text" || column.missing[row]) return <None />;
  const end = frame.columns.get("end_time");
  const start = frame.columns.get("start_time");
  const running = (!end || end.kind === "text" || end.missing[row]) && start?.kind === "number";
  const id = frame.ids[row];
  if (running && statusOf(state, id) === ABANDONED && lastSign(state, id) === null) return <None />;
  const ms = running ? (lastSign(state, id) ?? state.table.now.value) - start.values[row] : column.values[row];
  return <span>{duration(Math.max(0, ms))}</span>;
}

function Experiment({ state, id }: { state: State; id: string | null }) {
  const found = state.status.value.experiments.find((experiment: Experiment) => experiment.id === id);
  return <Words text={found?.name ?? id} />;
}

function Value({ state, frame, row, place, best, column }: CellProps & { column: Exclude<Column, { kind: "text" }> }) {
  const value = column.values[row];
  const spark = place.spark && <Spark state={state} run={frame.ids[row]} metric={place.name.slice("metrics.".length)} />;
  return (
    <>
      {spark}
      <span class={best ? "nbt-cell-best" : undefined} title={best ? `${value}: the best of its experiment` : String(value)}>
        {aligned(value, place.decimals)}
        {best && <span class="nbt-sr"> best</span>}
      </span>
    </>
  );
}
