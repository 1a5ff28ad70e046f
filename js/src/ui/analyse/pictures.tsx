/** Runs as dots: over two columns, by the values of one, in cells of two, one after the other. */

import { axisOf, cellsAlong, quartiles, type Axis } from "../../data/analysis";
import { number } from "../../data/frame";
import { direction } from "../../query/direction";
import type { State } from "../../state/state";
import { num } from "../format";
import { Axes, Dot, planeOf, Scale, shade, Sheet, tickText } from "./pieces";

interface Of {
  state: State;
  rows: number[];
}

const NONE = <p class="nbt-hint">These runs have no values to draw here.</p>;
const told = (axis: Axis, at: number) => `${axis.label}: ${axis.values[at] === null ? "–" : tickText(axis, axis.values[at])}`;

export function Scatter({ state, rows, x: across, y: up, color }: Of & { x: string; y: string; color: string | null }) {
  const frame = state.frame.value;
  const [x, y] = [axisOf(frame, across, rows), axisOf(frame, up, rows)];
  const scale = color ? axisOf(frame, color, rows) : null;
  if (!x || !y) return NONE;
  return (
    <>
      <Scale axis={scale} />
      <Sheet label={`${y.label} by ${x.label}`}>
        {(room) => {
          const plane = planeOf(room, x, y);
          return (
            <>
              <Axes plane={plane} x={x} y={y} />
              {rows.map((row, at) => {
                const [a, b] = [x.values[at], y.values[at]];
                if (a === null || b === null) return null;
                const said = [x, y, ...(scale ? [scale] : [])].map((axis) => told(axis, at)).join("\n");
                return <Dot key={row} state={state} row={row} x={plane.x(a)} y={plane.y(b)} color={shade(scale, scale ? scale.values[at] : null)} told={said} />;
              })}
            </>
          );
        }}
      </Sheet>
    </>
  );
}

/** So few runs make no box. */
const FEW = 5;

export function Boxes({ state, rows, metric, by }: Of & { metric: string; by: string }) {
  const frame = state.frame.value;
  const y = axisOf(frame, `metrics.${metric}`, rows);
  const column = axisOf(frame, by, rows);
  if (!y || !column) return NONE;
  const cells = cellsAlong(column);
  const words = cells.labels.map((value) => (cells.words ? cells.words[value] : tickText(column, value)));
  const x: Axis = { ...column, words, log: false, min: -0.5, max: words.length - 0.5 };
  return (
    <Sheet label={`${y.label} by ${column.label}`}>
      {(room) => {
        const plane = planeOf(room, x, y);
        const wide = Math.min(46, (0.6 * (plane.right - plane.left)) / words.length);
        return (
          <>
            <Axes plane={plane} x={x} y={y} />
            {words.map((word, cell) => {
              const here = rows.flatMap((row, at) => {
                const [value, a] = [y.values[at], column.values[at]];
                return value !== null && a !== null && cells.cell(a) === cell ? [{ row, at, value }] : [];
              });
              const middle = plane.x(cell);
              return (
                <g key={word}>
                  {here.length >= FEW && <Box values={here.map(({ value }) => value)} middle={middle} wide={wide} y={plane.y} />}
                  {here.map(({ row, at, value }, i) => (
                    <Dot key={row} state={state} row={row} x={middle + (((i * 0.618) % 1) - 0.5) * wide * 0.5} y={plane.y(value)} color={shade(null, null)} told={`${told(column, at)}\n${told(y, at)}`} />
                  ))}
                </g>
              );
            })}
          </>
        );
      }}
    </Sheet>
  );
}

function Box({ values, middle, wide, y }: { values: number[]; middle: number; wide: number; y: (value: number) => number }) {
  const [least, low, half, high, most] = quartiles(values).map(y);
  return (
    <g class="nbt-quartiles">
      <line x1={middle} x2={middle} y1={least} y2={most} />
      <rect x={middle - wide / 2} width={wide} y={high} height={Math.max(1, low - high)} />
      <line x1={middle - wide / 2} x2={middle + wide / 2} y1={half} y2={half} class="nbt-median" />
    </g>
  );
}

export function Cells({ state, rows, metric, x: across, y: up }: Of & { metric: string; x: string; y: string }) {
  const frame = state.frame.value;
  const [a, b, z] = [axisOf(frame, across, rows), axisOf(frame, up, rows), axisOf(frame, `metrics.${metric}`, rows)];
  if (!a || !b || !z) return NONE;
  const [cx, cy] = [cellsAlong(a), cellsAlong(b)];
  const sums = new Map<number, { sum: number; n: number }>();
  rows.forEach((_, at) => {
    const [x, y, value] = [a.values[at], b.values[at], z.values[at]];
    if (x === null || y === null || value === null) return;
    const key = cy.cell(y) * cx.labels.length + cx.cell(x);
    const held = sums.get(key) ?? { sum: 0, n: 0 };
    sums.set(key, { sum: held.sum + value, n: held.n + 1 });
  });
  const words = (axis: Axis, cells: typeof cx) => cells.labels.map((value) => (cells.words ? cells.words[value] : tickText(axis, value)));
  const axis = (of: Axis, cells: typeof cx): Axis => ({ ...of, words: words(of, cells), log: false, min: -0.5, max: cells.labels.length - 0.5 });
  const [x, y] = [axis(a, cx), axis(b, cy)];
  return (
    <>
      <Scale axis={z} />
      <Sheet label={`${z.label} by ${a.label} and ${b.label}`}>
        {(room) => {
          const plane = planeOf(room, x, y);
          const [w, h] = [plane.x(1) - plane.x(0), plane.y(0) - plane.y(1)];
          return (
            <>
              <Axes plane={plane} x={x} y={y} />
              {[...sums].map(([key, { sum, n }]) => {
                const [column, line] = [key % cx.labels.length, Math.floor(key / cx.labels.length)];
                const said = `${a.label}: ${x.words![column]}\n${b.label}: ${y.words![line]}\nmean ${z.label}: ${num(sum / n)}\n${n === 1 ? "1 run" : `${n} runs`}`;
                return (
                  <g key={key} transform={`translate(${plane.x(column)} ${plane.y(line)})`}>
                    <rect x={-w / 2 + 1} y={-h / 2 + 1} width={Math.max(1, w - 2)} height={Math.max(1, h - 2)} fill={shade(z, sum / n)} class="nbt-cell-mean">
                      <title>{said}</title>
                    </rect>
                    {w > 52 && h > 18 && (
                      <text text-anchor="middle" dy="0.32em" class="nbt-on-colour">
                        {num(Number((sum / n).toPrecision(3)))}
                      </text>
                    )}
                  </g>
                );
              })}
            </>
          );
        }}
      </Sheet>
      <p class="nbt-quiet">The mean of the runs in each cell. Where no run is, nothing is drawn.</p>
    </>
  );
}

/** The best value of each run in the order of their starts, and the best so far. */
export function History({ state, rows, metric }: Of & { metric: string }) {
  const frame = state.frame.value;
  const column = frame.columns.get(`metrics.${metric}`);
  if (column?.kind !== "metric") return NONE;
  const less = direction(metric) === "min";
  const extreme = less ? column.min : column.max;
  const held = rows
    .filter((row) => !column.missing[row] && Number.isFinite(extreme[row]))
    .sort((p, q) => (number(frame, "start_time", p) ?? Infinity) - (number(frame, "start_time", q) ?? Infinity) || p - q);
  if (held.length === 0) return NONE;
  const values = held.map((row) => extreme[row]);
  const best = values.map((_, at) => (less ? Math.min : Math.max)(...values.slice(0, at + 1)));
  const x: Axis = { name: "run", label: "run, in the order started", values: held.map((_, at) => at + 1), words: null, log: false, min: 1, max: Math.max(2, held.length) };
  const y: Axis = { name: "", label: metric, values, words: null, log: false, min: Math.min(...values), max: Math.max(...values) };
  return (
    <Sheet label={`${metric}, run after run`}>
      {(room) => {
        const plane = planeOf(room, x, y);
        const line = best.map((value, at) => `${at ? `H${plane.x(at + 1)}` : `M${plane.x(1)} ${plane.y(value)}`}V${plane.y(value)}`).join("");
        return (
          <>
            <Axes plane={plane} x={x} y={y} />
            <path d={line} class="nbt-best-line">
              <title>best so far</title>
            </path>
            {held.map((row, at) => (
              <Dot key={row} state={state} row={row} x={plane.x(at + 1)} y={plane.y(values[at])} color={shade(null, null)} told={`${metric}: ${num(values[at])}`} />
            ))}
          </>
        );
      }}
    </Sheet>
  );
}
