/** A line a run across several columns. A stretch marked on an axis filters the table, by the words of the filter box. */

import { useSignal, type Signal } from "@preact/signals";
import { axisOf, share, ticksOf, valueAt, type Axis } from "../../data/analysis";
import { railsOf } from "../../data/pictures";
import { evaluate } from "../../state/filter";
import { setView, type State } from "../../state/state";
import { runName } from "../drawn";
import { open } from "../run_acts";
import { shade, Sheet, short, tickText, told } from "./pieces";
import { clauseOf, joinedFilter, type Stretch } from "./stretch";

const TOP = 34;
const FOOT = 16;
/** An axis can be taken hold of this far beyond its ends. */
const REACH = 6;
/** Words begin this far beside an axis, clear of the stretch marked on it. */
const ASIDE = 10;

/** The more lines there are, the more of each must show through the others. */
const opacityOf = (lines: number) => Math.max(0.1, 0.75 * Math.min(1, Math.sqrt(50 / lines)));

export interface Stretches {
  marked: Signal<ReadonlyMap<string, Stretch>>;
  /** What the filter said before the first stretch, and what the stretches made of it. */
  base: Signal<string>;
  written: Signal<string>;
  /** The filter is still the one that they made. */
  active: boolean;
  /** While they are active: the rows that the filter before them leaves. */
  before: number[] | null;
}

export function useStretches(state: State): Stretches {
  const marked = useSignal<ReadonlyMap<string, Stretch>>(new Map());
  const [base, written] = [useSignal(""), useSignal("")];
  const active = marked.value.size > 0 && state.view.value.filter === written.value;
  const mask = active ? evaluate(state.table.frame.value, base.value).mask : null;
  const before = active ? [...state.table.scopeRows.value].filter((row) => !mask || mask[row]) : null;
  return { marked, base, written, active, before };
}

interface Props {
  state: State;
  rows: number[];
  stretches: Stretches;
  columns: readonly string[];
  color: string | null;
}

export function Parallel({ state, rows: shownRows, stretches: { marked, base, written, active, before }, columns, color }: Props) {
  const frame = state.table.frame.value;
  const { filter } = state.view.value;
  // With stretches marked, the runs that they leave out stay as faint lines.
  const matching = active ? evaluate(frame, filter).mask : null;
  const lit = new Set(matching ? shownRows.filter((row) => matching[row]) : shownRows);
  const rows = before ?? shownRows;
  const axes = railsOf(frame, rows, columns);
  const scale = color ? axisOf(frame, color, rows) : null;
  if (axes.length < 2) return <p class="nbt-hint">These runs do not vary in enough columns. Choose two or more.</p>;
  const mark = (axis: Axis, stretch: Stretch | null) => {
    const next = new Map(active ? marked.peek() : []);
    if (!active) base.value = filter;
    if (stretch) next.set(axis.name, stretch);
    else next.delete(axis.name);
    marked.value = next;
    const clauses = axes.flatMap((each) => (next.has(each.name) ? [clauseOf(each, next.get(each.name)!)] : []));
    written.value = joinedFilter(base.value, clauses);
    setView(state, { filter: written.value });
  };
  return (
    <>
      <Sheet label="Parallel coordinates" scale={scale}>
        {({ width, height }) => {
          const side = 60;
          const gap = (width - 2 * side) / (axes.length - 1);
          const [top, bottom] = [TOP, height - FOOT];
          const y = (axis: Axis, value: number | null) => (value === null ? bottom + 8 : bottom - share(axis, value) * (bottom - top));
          return (
            <>
              <g style={{ "--nbt-thread-opacity": opacityOf(rows.length) }}>
                {rows.map((row, at) => (
                  <polyline
                    key={row}
                    class={lit.has(row) ? "nbt-thread" : "nbt-thread nbt-out"}
                    points={axes.map((axis, i) => `${side + i * gap},${y(axis, axis.values[at]).toFixed(1)}`).join(" ")}
                    onClick={() => open(state, frame.ids[row])}
                    style={lit.has(row) ? { stroke: shade(scale, scale ? scale.values[at] : null) } : undefined}
                  >
                    <title>{runName(frame, frame.ids[row]) + (scale ? ` · ${told(scale, at)}` : "")}</title>
                  </polyline>
                ))}
              </g>
              {axes.map((axis, i) => (
                <Rail
                  key={axis.name}
                  axis={axis}
                  at={side + i * gap}
                  room={gap}
                  beside={i < axes.length - 1 ? gap : side}
                  top={top}
                  bottom={bottom}
                  stretch={active ? (marked.value.get(axis.name) ?? null) : null}
                  mark={(stretch) => mark(axis, stretch)}
                />
              ))}
            </>
          );
        }}
      </Sheet>
      {active && lit.size === 0 && <p class="nbt-quiet">No run passes through what is marked.</p>}
      <p class="nbt-quiet">Drag on an axis to filter; click to clear. Keyboard: arrow keys move the lower bound, Shift+arrows the upper, Esc clears.</p>
    </>
  );
}

interface RailProps {
  axis: Axis;
  at: number;
  room: number;
  /** For the words at its right. */
  beside: number;
  top: number;
  bottom: number;
  stretch: Stretch | null;
  mark(stretch: Stretch | null): void;
}

function Rail({ axis, at, room, beside, top, bottom, stretch, mark }: RailProps) {
  const pulled = useSignal<Stretch | null>(null);
  const shown = pulled.value ?? stretch;
  const y = (part: number) => bottom - part * (bottom - top);
  const begin = (event: PointerEvent & { currentTarget: SVGElement }) => {
    const target = event.currentTarget;
    const above = target.getBoundingClientRect().top + REACH - top; // of the sheet
    const partAt = (clientY: number) => Math.max(0, Math.min(1, (bottom - (clientY - above)) / (bottom - top)));
    const from = partAt(event.clientY);
    const stop = new AbortController();
    const { signal } = stop;
    document.addEventListener("pointermove", (move) => (pulled.value = inOrder(from, partAt(move.clientY))), { signal });
    document.addEventListener(
      "pointerup",
      (up) => {
        stop.abort();
        pulled.value = null;
        const to = partAt(up.clientY);
        mark(Math.abs(to - from) < 0.01 ? null : inOrder(from, to));
      },
      { signal },
    );
  };
  const press = (event: KeyboardEvent) => {
    const way = { ArrowUp: 0.05, ArrowDown: -0.05 }[event.key];
    if (event.key === "Escape" && stretch) mark(null);
    else if (way) {
      const [low, high] = stretch ?? [0, 1];
      const next: Stretch = event.shiftKey ? [low, Math.max(low, Math.min(1, high + way))] : [Math.min(high, Math.max(0, low + way)), high];
      mark(next[0] <= 0 && next[1] >= 1 ? null : next);
    } else return;
    event.preventDefault();
    event.stopPropagation();
  };
  const letters = Math.max(6, Math.floor(room / 7));
  const most = Math.max(6, Math.min(16, Math.floor((beside - ASIDE) / 5.5)));
  const name = axis.label.length > letters ? `${axis.label.slice(0, letters - 1)}…` : axis.label;
  return (
    <g transform={`translate(${at} 0)`} class="nbt-axes">
      <text y="14" text-anchor="middle" class="nbt-axis-name">
        {name}
        <title>{axis.label}</title>
      </text>
      <line y1={top} y2={bottom} class="nbt-rail" />
      {ticksOf(axis).map((value) => (
        <text key={value} x={ASIDE} y={y(share(axis, value))} dy="0.32em" class="nbt-halo">
          {short(tickText(axis, value), most)}
          <title>{tickText(axis, value)}</title>
        </text>
      ))}
      {axis.values.includes(null) && (
        <text x={ASIDE} y={bottom + 8} dy="0.32em" class="nbt-halo nbt-scale-name">
          none
        </text>
      )}
      {shown && <rect x="-7" width="14" y={y(shown[1])} height={Math.max(2, y(shown[0]) - y(shown[1]))} class="nbt-brush" />}
      <rect
        x="-12"
        width="24"
        y={top - REACH}
        height={bottom - top + 2 * REACH}
        class="nbt-grab"
        tabindex={0}
        role="slider"
        aria-label={`Filter by ${axis.label}`}
        aria-valuetext={shown && !axis.words ? `${tickText(axis, valueAt(axis, shown[0]))} to ${tickText(axis, valueAt(axis, shown[1]))}` : shown ? "filtered" : "all"}
        aria-valuenow={Math.round(100 * (shown?.[0] ?? 0))}
        onPointerDown={begin}
        onKeyDown={press}
      />
    </g>
  );
}

const inOrder = (a: number, b: number): Stretch => [Math.min(a, b), Math.max(a, b)];
