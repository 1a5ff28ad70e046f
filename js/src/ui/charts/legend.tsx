/** The runs of a big panel with their values where the cursor is, or their last ones. */

import { num } from "../format";
import type { DrawnLine } from "./assemble";
import { Beside, rowsAt, xLabel } from "./hover";
import { useScene } from "./scene";
import { Swatch } from "./swatch";
import type { XAxis } from "../../data/line";
import { open } from "../run_acts";

export function Legend({ lines, metric }: { lines: readonly DrawnLine[]; metric: string }) {
  const { hover, pointed, state, merged } = useScene();
  const { x, smoothing } = state.view.value.chart;
  const here = hover.value;
  const rows = here && here.metric === metric ? here.rows : rowsAt(lines, here?.x ?? Infinity, Infinity);
  return (
    <div class="nbt-legend">
      <div class="nbt-dim">{here ? xLabel(x as XAxis, here.x) : "last values"}</div>
      <table>
        <tbody>
          {rows.map(({ run, name, ink, value, raw, range, runs }) => (
            <tr
              key={run}
              class={run === pointed.value ? "nbt-pointed" : ""}
              onMouseEnter={() => (pointed.value = run)}
              onMouseLeave={() => (pointed.value = null)}
            >
              <td>
                <Swatch ink={ink} />
              </td>
              <td class="nbt-hover-name" title={name}>
                {merged() ? (
                  name
                ) : (
                  <button type="button" class="nbt-textlink" title={`Open ${name}`} onClick={() => open(state, run)}>
                    {name}
                  </button>
                )}
              </td>
              <td class="nbt-number">{num(value)}</td>
              <Beside smoothing={smoothing} raw={raw} range={range} runs={runs} />
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
