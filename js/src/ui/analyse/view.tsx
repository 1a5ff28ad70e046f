/** How do params and results go together? One picture at a time, of the runs selected, or of all that the table shows. */

import { useSignal } from "@preact/signals";
import { useMemo, useRef } from "preact/hooks";
import { groupName } from "../../data/groups";
import { chosenOf } from "../../data/pictures";
import { directionIn, setView, type State } from "../../state/state";
import { BarList, meansShown, runsShown, type BarShown } from "../charts/bars";
import { barsPicture, importancePicture } from "../charts/bars_out";
import { Band } from "../charts/toolbar";
import { orderedInks } from "../color";
import { namesOf, runInks } from "../drawn";
import { open } from "../run_acts";
import { Boxes, Cells } from "./cells";
import { Columns, Pick } from "./choose";
import { Importances, importancesIn } from "./importance";
import { Media } from "./media";
import { Out } from "./out";
import { Parallel, useStretches } from "./parallel";
import { History, Scatter } from "./pictures";

const KINDS = [
  ["parallel", "Parallel"],
  ["scatter", "Scatter"],
  ["bars", "Bars"],
  ["box", "Box"],
  ["grid", "Grid"],
  ["importance", "Importance"],
  ["history", "History"],
  ["media", "Media"],
] as const;
/** More lines and dots than these make the page slow. */
const MOST = 2000;

export function AnalyseView({ state }: { state: State }) {
  const frame = state.frame.value;
  const { analyse: settings, filter, directions } = state.view.value;
  const kind = KINDS.find(([name]) => name === settings.kind)?.[0] ?? "parallel";
  const selected = state.selected.value.filter((id) => frame.rowOf.has(id));
  // One run alone says nothing about params, but has pictures.
  const asked = selected.length > (kind === "media" ? 0 : 1);
  const ids = asked ? selected : state.shown.value;
  const rows = ids.slice(0, MOST).map((id) => frame.rowOf.get(id)!);
  const stretches = useStretches(state);
  const before = asked ? null : stretches.before;
  // A column stays while a stretch of it leaves a single value.
  const among = before ?? (rows.length ? rows : [...state.table.scopeRows.value]);
  const all = useMemo(() => chosenOf(frame, among, (name) => directionIn(state, name)), [frame, among.join(), directions]);
  const box = useRef<HTMLDivElement>(null);
  const metric = settings.metric ?? all.metric;
  const importances = useMemo(
    () => (kind === "importance" && metric ? importancesIn(frame, rows, metric, all.params) : null),
    [frame, rows.join(), metric, kind, all.params.join("\n")],
  );
  if (rows.length === 0 && !filter) return <p class="nbt-hint">There are no runs to analyse yet.</p>;
  const x = settings.x ?? all.params[0] ?? "start_time";
  const y = settings.y ?? (kind === "grid" ? (all.params[1] ?? x) : `metrics.${metric}`);
  const { color } = settings;
  const columns = settings.columns ?? all.columns;
  const set = (analyse: Partial<typeof settings>) => setView(state, { analyse });
  const known = [...all.params, ...all.metrics, "start_time", "duration"].filter((name) => name === "duration" || frame.columns.has(name));
  const pick = (name: "x" | "y" | "color", title: string, value: string | null) => (
    <Pick title={title} value={value} among={known} none={name === "color"} set={(to) => set({ [name]: to })} />
  );
  const metrics = all.metrics.map((name) => name.slice("metrics.".length));
  const made: Record<string, readonly (string | null)[]> = { parallel: columns, scatter: [x, y, color], box: [x], grid: [x, y], importance: all.params, history: ["start_time"] };
  const names = [...(made[kind] ?? []), ...(kind === "scatter" ? [] : [`metrics.${metric}`])].filter((name) => name !== null);
  const draws: Record<string, () => string> = {
    bars: () => barsPicture(metric!, barsOfRows(state, rows, metric!).slice(0, MOST_BARS), state.view.peek().chart.band, box.current!),
    importance: () => importancePicture(importances!, metric!, box.current!),
  };
  // Bars of nothing are no picture.
  const empty = importances !== null && importances.importances.length === 0;
  const draw = draws[kind] ?? null;
  const two = kind === "scatter" || kind === "grid";
  const colored = kind === "scatter" || kind === "parallel";
  return (
    <div class="nbt-analyse" ref={box}>
      <div class="nbt-controls" role="group" aria-label="Analysis">
        <span class="nbt-segments" role="group" aria-label="Picture">
          {KINDS.map(([name, title]) => (
            <button type="button" key={name} class="nbt-button" aria-pressed={kind === name} onClick={() => set({ kind: name, x: null, y: null })}>
              {title}
            </button>
          ))}
        </span>
        {metric && !colored && kind !== "media" && <Pick title="Metric" value={metric} among={metrics} none={false} set={(to) => set({ metric: to })} plain />}
        {two && pick("x", "x", x)}
        {kind === "box" && pick("x", "By", x)}
        {two && pick("y", "y", y)}
        {kind === "bars" && <Band state={state} />}
        {colored && pick("color", "Color", color ?? (kind === "parallel" && metric ? `metrics.${metric}` : null))}
        {kind === "parallel" && <Columns known={known} chosen={columns} set={(names) => set({ columns: names })} />}
        <span class="nbt-dim">{whichRuns(rows.length, ids.length, asked)}</span>
        {metric && kind !== "media" && !empty && <Out state={state} within={box} title={`${metric}, ${kind}`} rows={rows} names={names} draw={draw} />}
      </div>
      {kind === "media" && <Media state={state} runs={ids} />}
      {kind !== "media" && !metric && <p class="nbt-hint">These runs have no metric that varies.</p>}
      {metric && kind === "parallel" && <Parallel state={state} rows={rows} stretches={{ ...stretches, before }} columns={columns} color={color ?? `metrics.${metric}`} />}
      {metric && kind === "scatter" && <Scatter state={state} rows={rows} x={x} y={y} color={color} />}
      {metric && kind === "bars" && <Bars state={state} rows={rows} metric={metric} />}
      {metric && kind === "box" && <Boxes state={state} rows={rows} metric={metric} by={x} />}
      {metric && kind === "grid" && <Cells state={state} rows={rows} metric={metric} x={x} y={y} />}
      {metric && kind === "importance" && <Importances found={importances!} metric={metric} />}
      {metric && kind === "history" && <History state={state} rows={rows} metric={metric} />}
    </div>
  );
}

function whichRuns(drawn: number, all: number, asked: boolean): string {
  const runs = all === 1 ? "run" : "runs";
  const which = asked ? "selected " : "";
  return drawn < all ? `first ${drawn.toLocaleString("en")} of ${all.toLocaleString("en")} ${which}${runs}` : `${drawn.toLocaleString("en")} ${which}${runs}`;
}

/** More bars than these are read by nobody. */
const MOST_BARS = 100;

/** Those of the runs, or of the groups that the table and the charts put them in. */
function barsOfRows(state: State, rows: readonly number[], metric: string): BarShown[] {
  const frame = state.frame.value;
  const { chart } = state.view.value;
  const groups = groupsIn(state);
  const direction = directionIn(state, metric);
  if (groups.length === 0) {
    const ids = rows.map((row) => frame.ids[row]);
    return runsShown(frame, rows, metric, direction, runInks(state, ids), namesOf(frame, ids));
  }
  const names = new Set(rows.map((row) => groupName(frame, frame.ids[row], groups)));
  return meansShown(frame, rows, metric, direction, groups, chart.band, orderedInks([...names]));
}

function groupsIn({ frame, view }: State): string[] {
  return view.value.chart.band === "none" ? [] : view.value.group.filter((column) => frame.value.columns.has(column));
}

function Bars({ state, rows, metric }: { state: State; rows: number[]; metric: string }) {
  const pointed = useSignal<string | null>(null);
  const bars = barsOfRows(state, rows, metric);
  const shown = bars.slice(0, MOST_BARS);
  const merged = groupsIn(state).length > 0;
  const ranked = directionIn(state, metric) !== null;
  return (
    <>
      <BarList bars={shown} ranked={ranked} kind={state.view.value.chart.band} pointed={pointed} {...(!merged && { open: (run) => open(state, run) })} />
      {bars.length > shown.length && <p class="nbt-quiet">{`The ${ranked ? "best" : "largest"} ${shown.length} of ${bars.length} ${merged ? "groups" : "runs"}.`}</p>}
    </>
  );
}
