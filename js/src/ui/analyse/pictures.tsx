/** Runs as dots over two columns, and one after the other. */

import { axisOf, type Axis } from "../../data/analysis";
import { courseOf } from "../../data/pictures";
import { directionIn } from "../../state/state";
import { num } from "../format";
import { Axes, Dot, NONE, planeOf, shade, Sheet, spread, told, type Of } from "./pieces";

export function Scatter({ state, rows, x: across, y: up, color }: Of & { x: string; y: string; color: string | null }) {
  const frame = state.frame.value;
  const [bare, high] = [axisOf(frame, across, rows), axisOf(frame, up, rows)];
  const scale = color ? axisOf(frame, color, rows) : null;
  if (!bare || !high) return NONE;
  const [x, y] = [spread(bare), spread(high)];
  return (
    <>
      <Sheet label={`${y.label} by ${x.label}`} scale={scale}>
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

/** The best value of each run in the order of their starts, and the best so far. */
export function History({ state, rows, metric }: Of & { metric: string }) {
  const { rows: held, values, best } = courseOf(state.frame.value, rows, metric, directionIn(state, metric));
  if (held.length === 0) return NONE;
  const x: Axis = { name: "run", label: "run, in the order started", values: held.map((_, at) => at + 1), words: null, log: false, min: 1, max: Math.max(2, held.length), whole: true };
  const y: Axis = { name: "", label: metric, values, words: null, log: false, min: Math.min(...values), max: Math.max(...values) };
  return (
    <>
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
      <p class="nbt-quiet">Each dot is a run with its best value; the line is the best so far.</p>
    </>
  );
}
