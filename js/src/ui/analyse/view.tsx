/** How do params and results go together? One picture at a time, of the runs selected, or of all that the table shows. */

import { useSignal } from "@preact/signals";
import { chosenOf, barsOf } from "../../data/pictures";
import { label } from "../../data/columns";
import { directionIn, setView, type State } from "../../state/state";
import { BarList } from "../charts/bars";
import { inks } from "../color";
import { Importances } from "./importance";
import { Parallel } from "./parallel";
import { Boxes, Cells } from "./cells";
import { History, Scatter } from "./pictures";

const KINDS = [
  ["parallel", "Parallel"],
  ["scatter", "Scatter"],
  ["bars", "Bars"],
  ["box", "Box"],
  ["grid", "Grid"],
  ["importance", "Importance"],
  ["history", "History"],
] as const;
/** More lines and dots than these make the page slow. */
const MOST = 2000;

export function AnalyseView({ state }: { state: State }) {
  const frame = state.frame.value;
  const settings = state.view.value.analyse;
  const chosen = state.selected.value.filter((id) => frame.rowOf.has(id));
  const ids = chosen.length > 1 ? chosen : state.shown.value;
  const rows = ids.slice(0, MOST).map((id) => frame.rowOf.get(id)!);
  if (rows.length === 0 && !state.view.value.filter) return <p class="nbt-hint">There are no runs to analyse yet.</p>;
  const all = chosenOf(frame, rows.length ? rows : [...state.table.scopeRows.value], (name) => directionIn(state, name));
  const metric = settings.metric ?? all.metric;
  if (!metric) return <p class="nbt-hint">These runs have no metric that varies.</p>;
  const kind = KINDS.find(([name]) => name === settings.kind)?.[0] ?? "parallel";
  const x = settings.x ?? all.params[0] ?? "start_time";
  const y = settings.y ?? (kind === "grid" ? (all.params[1] ?? x) : `metrics.${metric}`);
  const color = settings.color;
  const columns = settings.columns ?? all.columns;
  const set = (analyse: Partial<typeof settings>) => setView(state, { analyse });
  const known = [...all.params, ...all.metrics, "start_time", "duration"].filter((name) => name === "duration" || frame.columns.has(name));
  const pick = (name: "x" | "y" | "color", title: string, value: string | null, among = known) => (
    <Pick title={title} value={value} among={among} none={name === "color"} set={(to) => set({ [name]: to })} />
  );
  const metrics = all.metrics.map((name) => name.slice("metrics.".length));
  return (
    <div class="nbt-analyse">
      <div class="nbt-controls" role="group" aria-label="Analysis">
        <span class="nbt-segments" role="group" aria-label="Picture">
          {KINDS.map(([name, title]) => (
            <button type="button" key={name} class="nbt-button" aria-pressed={kind === name} onClick={() => set({ kind: name, x: null, y: null })}>
              {title}
            </button>
          ))}
        </span>
        {kind !== "scatter" && kind !== "parallel" && <Pick title="Metric" value={metric} among={metrics} none={false} set={(to) => set({ metric: to })} plain />}
        {(kind === "scatter" || kind === "grid") && pick("x", "x", x)}
        {kind === "bars" && <RunBars state={state} rows={rows} metric={metric} />}
      {kind === "box" && pick("x", "By", x)}
        {(kind === "scatter" || kind === "grid") && pick("y", "y", y)}
        {(kind === "scatter" || kind === "parallel") && pick("color", "Colour", color ?? (kind === "parallel" ? `metrics.${metric}` : null))}
        {kind === "parallel" && <Columns known={known} chosen={columns} set={(names) => set({ columns: names })} />}
        <span class="nbt-dim">{chosen.length > 1 ? `${rows.length} selected runs` : `${rows.length} runs of the table`}</span>
        {ids.length > MOST && <span class="nbt-dim">the first of {ids.length}</span>}
      </div>
      {kind === "parallel" && (
        <Parallel state={state} rows={rows} columns={columns} color={color ?? `metrics.${metric}`} />
      )}
      {kind === "scatter" && <Scatter state={state} rows={rows} x={x} y={y} color={color} />}
      {kind === "bars" && <RunBars state={state} rows={rows} metric={metric} />}
      {kind === "box" && <Boxes state={state} rows={rows} metric={metric} by={x} />}
      {kind === "grid" && <Cells state={state} rows={rows} metric={metric} x={x} y={y} />}
      {kind === "importance" && <Importances frame={frame} rows={rows} metric={metric} params={all.params} />}
      {kind === "history" && <History state={state} rows={rows} metric={metric} />}
    </div>
  );
}

/** More bars than these are read by nobody. */
const MOST_BARS = 100;

function RunBars({ state, rows, metric }: { state: State; rows: number[]; metric: string }) {
  const pointed = useSignal<string | null>(null);
  const frame = state.frame.value;
  const bars = barsOf(frame, rows, metric, directionIn(state, metric));
  const shown = bars.slice(0, MOST_BARS);
  const open = (run: string) => setView(state, { tab: "run", focus: run });
  return (
    <>
      <BarList frame={frame} bars={shown} inks={inks(rows.map((row) => frame.ids[row]))} pointed={pointed} open={open} />
      {bars.length > shown.length && <p class="nbt-quiet">{`The best ${shown.length} of ${bars.length} runs.`}</p>}
    </>
  );
}

interface PickProps {
  title: string;
  value: string | null;
  among: readonly string[];
  none: boolean;
  set(value: string | null): void;
  /** The names are said as they are. */
  plain?: boolean;
}

function Pick({ title, value, among, none, set, plain = false }: PickProps) {
  return (
    <label class="nbt-field">
      {title}
      <select class="nbt-input" aria-label={title} value={value ?? ""} onChange={(event) => set(event.currentTarget.value || null)}>
        {none && <option value="">–</option>}
        {[...new Set([...among, ...(value ? [value] : [])])].map((name) => (
          <option key={name} value={name}>
            {plain ? name : label(name)}
          </option>
        ))}
      </select>
    </label>
  );
}

function Columns({ known, chosen, set }: { known: readonly string[]; chosen: readonly string[]; set(names: string[]): void }) {
  const flip = (name: string) => set(chosen.includes(name) ? chosen.filter((each) => each !== name) : [...chosen, name]);
  return (
    <details class="nbt-menu">
      <summary class="nbt-button">Columns</summary>
      <div class="nbt-menu-list nbt-menu-left">
        {known.map((name) => (
          <label key={name} class="nbt-check">
            <input type="checkbox" checked={chosen.includes(name)} onChange={() => flip(name)} />
            {label(name)}
          </label>
        ))}
      </div>
    </details>
  );
}
