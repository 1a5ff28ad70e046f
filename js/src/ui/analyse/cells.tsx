/** Runs put together: in boxes by the values of one column, in cells by those of two. */

import { axisOf, cellsAlong, writtenAs, type Axis } from "../../data/analysis";
import { boxesOf, fieldOf, type Box } from "../../data/pictures";
import { aligned, digitsOf } from "../column_format";
import { num, timesOf } from "../format";
import { Axes, Dot, NONE, over, planeOf, shade, Sheet, told, type Of, type Plane } from "./pieces";

/** Texts that tell the numbers apart: as the store has them where it has them in one way. */
function labelsOf(axis: Axis, numbers: readonly number[]): string[] {
  if (axis.name.endsWith("_time")) return timesOf(numbers);
  const digits = digitsOf(Float64Array.from(numbers));
  return numbers.map((value) => writtenAs(axis, value) ?? aligned(value, digits));
}

/** The cells of an axis as words one beside the other. */
function besides(axis: Axis, more: readonly string[] = []): Axis {
  const { texts: _, ...bare } = axis;
  const { labels, words: own } = cellsAlong(axis);
  const words = [...(own ?? labelsOf(axis, labels)), ...more];
  return { ...bare, words, log: false, min: -0.5, max: words.length - 0.5 };
}

export function Boxes({ state, rows, metric, by }: Of & { metric: string; by: string }) {
  const frame = state.frame.value;
  const y = axisOf(frame, `metrics.${metric}`, rows);
  const column = axisOf(frame, by, rows);
  if (!y || !column || y.values.every((value) => value === null)) return NONE;
  const boxes = boxesOf(y, column);
  const x = besides(column, column.values.includes(null) ? ["–"] : []);
  return (
    <>
      <Sheet label={`${y.label} by ${column.label}`}>
        {(room) => {
          const plane = planeOf(room, x, y);
          const wide = Math.min(90, 0.5 * plane.wide(boxes.length));
          return (
            <>
              <Axes plane={plane} x={x} y={y} />
              {boxes.map(({ places, values, five }, cell) => (
                <g key={cell}>
                  {five && <Quartiles five={five} middle={plane.x(cell)} wide={wide} y={plane.y} />}
                  {places.map((place, i) => (
                    <Dot
                      key={rows[place]}
                      state={state}
                      row={rows[place]}
                      x={plane.x(cell) + (places.length > 1 ? (((i * 0.618) % 1) - 0.5) * wide * 0.5 : 0)}
                      y={plane.y(values[i])}
                      color={shade(null, null)}
                      told={`${told(column, place)}\n${told(y, place)}`}
                    />
                  ))}
                </g>
              ))}
            </>
          );
        }}
      </Sheet>
      <p class="nbt-quiet">Box: the quartiles, by linear interpolation. Whiskers: the minimum and the maximum.</p>
      {boxes.some(({ five }) => five === null) && <p class="nbt-quiet">Boxes need at least five runs.</p>}
    </>
  );
}

function Quartiles({ five, middle, wide, y }: { five: NonNullable<Box["five"]>; middle: number; wide: number; y: Plane["y"] }) {
  const [least, low, half, high, most] = five.map(y);
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
  const cells = a && b && z ? fieldOf(a, b, z) : [];
  if (!a || !b || !z || cells.length === 0) return NONE;
  const [x, y] = [besides(a), besides(b)];
  const means = cells.map(({ mean }) => mean);
  const scale: Axis = { ...z, min: Math.min(...means), max: Math.max(...means), log: false };
  return (
    <>
      <Sheet label={`${z.label} by ${a.label} and ${b.label}`} scale={scale}>
        {(room) => {
          const plane = planeOf(room, x, y);
          const [w, h] = [plane.wide(x.words!.length), plane.high(y.words!.length)];
          return (
            <>
              <Axes plane={plane} x={x} y={y} />
              {cells.map(({ column, line, mean, runs }) => (
                <g key={`${column} ${line}`} transform={`translate(${plane.x(column)} ${plane.y(line)})`}>
                  <rect x={-w / 2 + 1} y={-h / 2 + 1} width={Math.max(1, w - 2)} height={Math.max(1, h - 2)} fill={shade(scale, mean)} class="nbt-cell-mean">
                    <title>{`${a.label}: ${x.words![column]}\n${b.label}: ${y.words![line]}\nmean ${z.label}: ${num(mean)}\n${runs === 1 ? "1 run" : `${runs} runs`}`}</title>
                  </rect>
                  {w > 44 && h > 18 && (
                    <text text-anchor="middle" dy="0.32em" class="nbt-on-colour" style={{ fill: over(shade(scale, mean)) }}>
                      {num(Number(mean.toPrecision(3)))}
                    </text>
                  )}
                </g>
              ))}
            </>
          );
        }}
      </Sheet>
      <p class="nbt-quiet">Each cell shows the mean of its runs; empty cells have none.</p>
    </>
  );
}
