/** The metrics of one run: what each came to, and its shape in small. */

import type { Frame, MetricColumn } from "../../data/frame";
import { lineOf } from "../../data/line";
import { ruler, thin } from "../../data/downsample";
import { sectionsOf, SYSTEM } from "../../data/sections";
import type { Series } from "../../data/series";
import type { State } from "../../state/state";
import { drawnRuns } from "../drawn";
import { num } from "../format";

export const isSystem = (metric: string): boolean => metric.startsWith(`${SYSTEM}/`);

/** Those that the run logged, or those of the machine. */
export function MetricTable({ state, id, system = false }: { state: State; id: string; system?: boolean }) {
  const frame = state.frame.value;
  void state.seriesRev.value;
  const row = frame.rowOf.get(id)!;
  const names = sectionsOf(metricsOf(frame, id).filter((name) => isSystem(name) === system), "").flatMap(({ metrics }) => metrics);
  if (names.length === 0) return <p class="nbt-quiet">No metrics were logged.</p>;
  const { color } = drawnRuns(state, id).inks.get(id)!;
  return (
    <div class="nbt-sideways">
      <table class="nbt-metrics">
        <thead>
          <tr>
            <th scope="col">metric</th>
            {["last", "min", "max", "step"].map((name) => (
              <th scope="col" class="nbt-number" key={name}>
                {name}
              </th>
            ))}
            <th scope="col">
              <span class="nbt-sr">history</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {names.map((name) => {
            const column = frame.columns.get(`metrics.${name}`) as MetricColumn;
            return (
              <tr key={name}>
                <th scope="row">{name}</th>
                <td class="nbt-number">{num(column.values[row])}</td>
                <td class="nbt-number nbt-dim">{column.count[row] > 1 && num(column.min[row])}</td>
                <td class="nbt-number nbt-dim">{column.count[row] > 1 && num(column.max[row])}</td>
                <td class="nbt-number nbt-dim">{num(column.step[row])}</td>
                <td>
                  <Spark series={state.book.get(id, name)} color={color} />
                </td>
              </tr>
            );
          })}
        </tbody>
      </table>
    </div>
  );
}

export function metricsOf(frame: Frame, id: string): string[] {
  const row = frame.rowOf.get(id)!;
  const found: string[] = [];
  for (const [name, column] of frame.columns) {
    if (column.kind === "metric" && name.startsWith("metrics.") && !column.missing[row]) found.push(name.slice("metrics.".length));
  }
  return found;
}

const WIDTH = 96;
const HEIGHT = 20;

function Spark({ series, color }: { series: Series | undefined; color: string }) {
  if (!series || series.length < 2) return null;
  const { x, y, minAt, maxAt } = lineOf(series, "step", null);
  if (minAt < 0) return null;
  const across = ruler(x[0], x[x.length - 1], 1, WIDTH - 1, false);
  const up = ruler(y[minAt], y[maxAt], HEIGHT - 2, 2, false);
  let path = "";
  let pen = "M";
  for (const at of thin(x, y, 0, x.length, across)) {
    if (!Number.isFinite(y[at])) pen = "M";
    else {
      const height = up.factor === 0 ? HEIGHT / 2 : up.offset + up.factor * y[at];
      path += `${pen}${(across.offset + across.factor * x[at]).toFixed(1)} ${height.toFixed(1)}`;
      pen = "L";
    }
  }
  return (
    <svg class="nbt-miniline" width={WIDTH} height={HEIGHT} aria-hidden="true">
      <path d={path} fill="none" stroke={color} stroke-width="1.3" stroke-linejoin="round" />
    </svg>
  );
}
