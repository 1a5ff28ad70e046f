/** How did a metric get to its value? A line as high as the text, where the history is in the browser. */

import { lineOf } from "../../data/line";
import type { Series } from "../../data/series";
import type { State } from "../../state/state";

export const WIDTH = 46;
const HEIGHT = 16;

export function Spark({ state, run, metric }: { state: State; run: string; metric: string }) {
  state.seriesRev.value; // the book is changed in place
  const series = state.book.get(run, metric);
  if (!series || series.length < 2) return null;
  return (
    <svg class="nbt-trace" width={WIDTH} height={HEIGHT} viewBox={`0 0 ${WIDTH} ${HEIGHT}`} aria-hidden="true">
      <path d={sparkPath(inOrder(series))} />
    </svg>
  );
}

/** Of a history that goes on in steps the values as they are. MLflow 3 logs a point of step 0 once more for a model. */
export function inOrder(series: Series): Float64Array {
  const { step, value, length } = series;
  for (let i = 1; i < length; i++) if (step[i] < step[i - 1]) return lineOf(series, "step", null).y;
  return value.subarray(0, length);
}

/** The values as a path, evenly spaced; of more values than pixels, the least and the greatest of each pixel. */
export function sparkPath(values: Float64Array, width = WIDTH, height = HEIGHT): string {
  const steps = Math.min(values.length, width - 2);
  const [low, high] = [new Float64Array(steps).fill(Infinity), new Float64Array(steps).fill(-Infinity)];
  let [least, most] = [Infinity, -Infinity];
  // Drawn for each row at each new point: one pass, and nothing made on the way.
  for (let i = 0; i < values.length; i++) {
    const value = values[i];
    if (!Number.isFinite(value)) continue;
    const at = Math.floor((i * steps) / values.length);
    if (value < low[at]) low[at] = value;
    if (value > high[at]) high[at] = value;
    if (value < least) least = value;
    if (value > most) most = value;
  }
  if (least > most) return "";
  const round = (value: number) => Math.round(value * 10) / 10;
  const span = most - least; // infinite where it is no float any more
  const flat = span === 0 || !Number.isFinite(span);
  const y = (value: number) => round(flat ? height / 2 : height - 2 - ((value - least) / span) * (height - 4));
  let path = "";
  for (let i = 0; i < steps; i++) {
    if (low[i] > high[i]) continue;
    const x = round(1 + (steps < 2 ? 0 : (i / (steps - 1)) * (width - 2)));
    path += `${path ? "L" : "M"}${x} ${y(low[i])}`;
    if (high[i] > low[i]) path += `L${x} ${y(high[i])}`;
  }
  return path;
}
