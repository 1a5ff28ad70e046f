/** A metric that was logged once a run: bars by value read better than lone dots. */

import { number } from "../../data/frame";
import { direction } from "../../query/direction";
import { num } from "../format";
import { runName } from "../drawn";
import { useScene } from "./scene";
import { Swatch } from "./swatch";

export function Bars({ metric }: { metric: string }) {
  const { state, pointed, drawn } = useScene();
  const frame = state.frame.value;
  const { ids, inks, hidden } = drawn();
  const bars = ids.flatMap((run) => {
    const row = frame.rowOf.get(run);
    const value = row === undefined || hidden.has(run) ? null : number(frame, `metrics.${metric}`, row);
    return value === null ? [] : [{ run, value }];
  });
  const sign = direction(metric) === "min" ? 1 : -1;
  bars.sort((a, b) => +Number.isNaN(a.value) - +Number.isNaN(b.value) || sign * (a.value - b.value));
  const finite = bars.map(({ value }) => value).filter(Number.isFinite);
  const low = Math.min(0, ...finite);
  const high = Math.max(0, ...finite);
  const share = (value: number) => (high === low ? 0 : (100 * (value - low)) / (high - low));
  return (
    <ol class="nbt-bars">
      {bars.map(({ run, value }, place) => (
        <li
          key={run}
          class={pointed.value === run ? "nbt-pointed" : ""}
          onMouseEnter={() => (pointed.value = run)}
          onMouseLeave={() => (pointed.value = null)}
        >
          <span class="nbt-bars-name" title={runName(frame, run)}>
            <Swatch ink={inks.get(run)!} />
            <span>{runName(frame, run)}</span>
          </span>
          <span class="nbt-bars-track">
            {Number.isFinite(value) && (
              <span
                class="nbt-bars-bar"
                style={{
                  left: `${share(Math.min(0, value))}%`,
                  width: `${Math.abs(share(value) - share(0))}%`,
                  background: inks.get(run)!.color,
                }}
              />
            )}
          </span>
          <span class={place === 0 && bars.length > 1 && Number.isFinite(value) ? "nbt-number nbt-winner" : "nbt-number"}>
            {num(value)}
          </span>
        </li>
      ))}
    </ol>
  );
}
