/** What stands beside the mouse: the runs at this x, the largest value first. */

import type { RefObject } from "preact";
import { useLayoutEffect, useRef } from "preact/hooks";
import { change } from "../../data/compare";
import type { Direction } from "../../data/directions";
import { lowerBound, nearest, type XAxis } from "../../data/line";
import { baselineOf } from "../../state/baseline";
import { directionIn } from "../../state/state";
import { dateTime, num } from "../format";
import type { DrawnLine } from "./assemble";
import { placeBeside, type Area } from "./beside";
import { useScene, type HoverRow } from "./scene";
import { Swatch } from "./swatch";
import { seconds } from "./ticks";

/** Longer lists show the nearest ones around the run pointed at. */
const ROWS = 12;

/** A line's value counts at an x between its first and last point, or at most `slack` beyond. */
export function rowsAt(lines: readonly DrawnLine[], x: number, slack: number): HoverRow[] {
  const rows: HoverRow[] = [];
  for (const { run, name, ink, line, smooth, band } of lines) {
    const at = nearest(line.x, x);
    if (at < 0 || x < line.x[0] - slack || x > line.x[line.x.length - 1] + slack) continue;
    const range: HoverRow["range"] = band && [band.low.y[at], band.high.y[at]];
    const runs: HoverRow["runs"] = band && [band.n[at], band.of];
    rows.push({ run, name, ink, value: (smooth ?? line.y)[at], raw: line.y[at], range, runs });
  }
  const rank = (value: number) => (Number.isNaN(value) ? -Infinity : value);
  return rows.sort((a, b) => rank(b.value) - rank(a.value) || +Number.isNaN(a.value) - +Number.isNaN(b.value));
}

/** The x that points near `x` really have: steps and times are not between. */
export function snapped(lines: readonly DrawnLine[], x: number): number {
  let best = x;
  let gap = Infinity;
  for (const { line } of lines) {
    const at = nearest(line.x, x);
    if (at >= 0 && Math.abs(line.x[at] - x) < gap) {
      gap = Math.abs(line.x[at] - x);
      best = line.x[at];
    }
  }
  return best;
}

/** The line that passes nearest to a height of the plot, if one is near enough. */
export function lineNear(lines: readonly DrawnLine[], x: number, top: number, heightOf: (y: number) => number): string | null {
  let run: string | null = null;
  let gap = 24;
  for (const { line, smooth, run: id } of lines) {
    const y = between(line.x, smooth ?? line.y, x);
    if (y === null) continue;
    const off = Math.abs(heightOf(y) - top);
    if (off < gap) {
      gap = off;
      run = id;
    }
  }
  return run;
}

function between(xs: Float64Array, ys: Float64Array, x: number): number | null {
  const after = lowerBound(xs, x);
  if (xs.length === 0 || x < xs[0] || x > xs[xs.length - 1]) return null;
  if (xs[after] === x || after === 0) return Number.isFinite(ys[after]) ? ys[after] : null;
  const share = (x - xs[after - 1]) / (xs[after] - xs[after - 1]);
  const y = ys[after - 1] + share * (ys[after] - ys[after - 1]);
  return Number.isFinite(y) ? y : null;
}

export function xLabel(axis: XAxis, x: number): string {
  if (axis === "time") return dateTime(x);
  if (axis === "relative") return `after ${seconds(Number(x.toPrecision(4)))}`;
  return `${axis} ${num(x)}`;
}

/** Floats over the view that `within` holds, beside the panel it speaks of. */
export function HoverList({ within }: { within: RefObject<HTMLElement | null> }) {
  const scene = useScene();
  const list = useRef<HTMLDivElement>(null);
  const hover = scene.hover.value;
  const box = within.current;
  useLayoutEffect(() => {
    if (!list.current || !box || !hover) return;
    const frame = box.getBoundingClientRect();
    const { left, top } = placeBeside(hover.panel, list.current.getBoundingClientRect(), roomAround(box), hover.at);
    list.current.style.transform = `translate(${Math.round(left - frame.left)}px, ${Math.round(top - frame.top)}px)`;
  });
  if (!hover || !box || hover.rows.length === 0 || scene.big.value === hover.metric) return null;
  const { x: axis, smoothing } = scene.state.view.value.chart;
  const pointed = scene.pointed.value;
  const rows = around(hover.rows, pointed);
  const base = hover.rows.find(({ run }) => run === baselineOf(scene.state))?.value;
  const direction = directionIn(scene.state, hover.metric);
  return (
    <div class="nbt-hover" ref={list} role="presentation">
      <div class="nbt-hover-head">{xLabel(axis as XAxis, hover.x)}</div>
      <table>
        <tbody>
          {rows.map(({ run, name, ink, value, raw, range, runs }) => (
            <tr key={run} class={run === pointed ? "nbt-pointed" : ""}>
              <td>
                <Swatch ink={ink} />
              </td>
              <td class="nbt-hover-name">{name}</td>
              <td class="nbt-number">{num(value)}</td>
              <Beside smoothing={smoothing} raw={raw} range={range} runs={runs} />
              {base !== undefined && <Delta value={value} base={base} direction={direction} />}
            </tr>
          ))}
        </tbody>
      </table>
      {rows.length < hover.rows.length && <div class="nbt-dim">and {hover.rows.length - rows.length} more</div>}
    </div>
  );
}

/** How far a value is from the baseline's at this x. */
function Delta({ value, base, direction }: { value: number; base: number; direction: Direction | null }) {
  const found = change(value, base, direction);
  if (found === null || found.turn === "same") return <td class="nbt-number nbt-dim">=</td>;
  const turn = found.turn === "unknown" ? "nbt-dim" : `nbt-${found.turn}`;
  return <td class={`nbt-number ${turn}`}>{`${found.by > 0 ? "+" : ""}${num(Number(found.by.toPrecision(3)))}`}</td>;
}

/** What of the view can be seen. */
function roomAround(box: HTMLElement): Area {
  const { left, right } = box.getBoundingClientRect();
  const { top, bottom } = (box.closest(".nbt-panel-body") ?? box).getBoundingClientRect();
  return { left, right, top: Math.max(0, top), bottom: Math.min(innerHeight, bottom) };
}

/** What stands dim beside a value: the raw one, or the band and how many runs it is of where some do not count. */
export function Beside({ smoothing, raw, range, runs }: { smoothing: number } & Pick<HoverRow, "raw" | "range" | "runs">) {
  if (range) {
    const ends = range[0] < range[1] ? `${num(range[0])} … ${num(range[1])}` : ""; // none of a single run
    const fewer = runs && runs[0] < runs[1] ? `${runs[0]} of ${runs[1]} runs` : "";
    return <td class="nbt-number nbt-dim">{[ends, fewer].filter(Boolean).join(" · ")}</td>;
  }
  return smoothing > 0 ? <td class="nbt-number nbt-dim">{num(raw)}</td> : null;
}

function around(rows: HoverRow[], pointed: string | null): HoverRow[] {
  if (rows.length <= ROWS) return rows;
  const at = Math.max(0, rows.findIndex(({ run }) => run === pointed));
  const first = Math.min(Math.max(0, at - ROWS / 2), rows.length - ROWS);
  return rows.slice(first, first + ROWS);
}
