/** How did a metric get to its value? A line as high as the text, where the history is in the browser. */

import type { State } from "../../state/state";

const WIDTH = 46;
const HEIGHT = 16;

export function Spark({ state, run, metric }: { state: State; run: string; metric: string }) {
  state.seriesRev.value; // the book is changed in place
  const series = state.book.get(run, metric);
  if (!series || series.length < 2) return null;
  return (
    <svg class="nbt-trace" width={WIDTH} height={HEIGHT} viewBox={`0 0 ${WIDTH} ${HEIGHT}`} aria-hidden="true">
      <path d={sparkPath(series.value.subarray(0, series.length))} />
    </svg>
  );
}

/** The values as a path, evenly spaced; of more values than pixels, the least and the greatest of each pixel. */
export function sparkPath(values: Float64Array, width = WIDTH, height = HEIGHT): string {
  let low = Infinity;
  let high = -Infinity;
  for (const value of values) {
    if (!Number.isFinite(value)) continue;
    low = Math.min(low, value);
    high = Math.max(high, value);
  }
  if (low > high) return "";
  const y = (value: number) => (high === low ? height / 2 : height - 2 - ((value - low) / (high - low)) * (height - 4)).toFixed(1);
  const steps = Math.min(values.length, width - 2);
  const points: string[] = [];
  for (let i = 0; i < steps; i++) {
    const x = (1 + (steps < 2 ? 0 : (i / (steps - 1)) * (width - 2))).toFixed(1);
    const from = Math.floor((i * values.length) / steps);
    const to = Math.max(from + 1, Math.floor(((i + 1) * values.length) / steps));
    const bucket = values.subarray(from, to).filter(Number.isFinite);
    if (bucket.length === 0) continue;
    if (bucket.length > 1) points.push(`${x} ${y(bucket.reduce((a, b) => Math.min(a, b)))}`);
    points.push(`${x} ${y(bucket.length > 1 ? bucket.reduce((a, b) => Math.max(a, b)) : bucket[0])}`);
  }
  return `M${points.join("L")}`;
}
