/** What stands beside the mouse: the runs at this x, the largest value first. */

import type { RefObject } from "preact";
import { lowerBound, nearest, type XAxis } from "../../data/line";
import { dateTime, num } from "../format";
import type { DrawnLine } from "./assemble";
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
    rows.push({ run, name, ink, value: (smooth ?? line.y)[at], raw: line.y[at], range });
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

/** Floats over the view that `within` holds, away from its edges. */
export function HoverList({ within }: { within: RefObject<HTMLElement | null> }) {
  const scene = useScene();
  const hover = scene.hover.value;
  const box = within.current;
  if (!hover || !box || hover.rows.length === 0 || scene.big.value === hover.metric) return null;
  const { x: axis, smoothing } = scene.state.view.value.chart;
  const frame = box.getBoundingClientRect();
  const left = hover.at.left - frame.left;
  const top = hover.at.top - frame.top;
  const before = left > frame.width / 2;
  const pointed = scene.pointed.value;
  const rows = around(hover.rows, pointed);
  const place = {
    ...(before ? { right: `${frame.width - left + 14}px` } : { left: `${left + 14}px` }),
    top: `${Math.max(4, top - 20)}px`,
  };
  return (
    <div class="nbt-hover" style={place} role="presentation">
      <div class="nbt-hover-head">{xLabel(axis as XAxis, hover.x)}</div>
      <table>
        <tbody>
          {rows.map(({ run, name, ink, value, raw, range }) => (
            <tr key={run} class={run === pointed ? "nbt-pointed" : ""}>
              <td>
                <Swatch ink={ink} />
              </td>
              <td class="nbt-hover-name">{name}</td>
              <td class="nbt-number">{num(value)}</td>
              <Beside smoothing={smoothing} raw={raw} range={range} />
            </tr>
          ))}
        </tbody>
      </table>
      {rows.length < hover.rows.length && <div class="nbt-dim">and {hover.rows.length - rows.length} more</div>}
    </div>
  );
}

/** What stands dim beside a value: the raw one, or the band. */
export function Beside({ smoothing, raw, range }: { smoothing: number } & Pick<HoverRow, "raw" | "range">) {
  if (range) return <td class="nbt-number nbt-dim">{`${num(range[0])} … ${num(range[1])}`}</td>;
  return smoothing > 0 ? <td class="nbt-number nbt-dim">{num(raw)}</td> : null;
}

function around(rows: HoverRow[], pointed: string | null): HoverRow[] {
  if (rows.length <= ROWS) return rows;
  const at = Math.max(0, rows.findIndex(({ run }) => run === pointed));
  const first = Math.min(Math.max(0, at - ROWS / 2), rows.length - ROWS);
  return rows.slice(first, first + ROWS);
}
