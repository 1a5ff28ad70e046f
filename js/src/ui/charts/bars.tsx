/** The last value of each run, the best first: bars by value read better than lone dots. */

import type { Signal } from "@preact/signals";
import type { Frame } from "../../data/frame";
import { barsOf, type Bar } from "../../data/pictures";
import { directionIn } from "../../state/state";
import type { Ink } from "../color";
import { runName } from "../drawn";
import { num } from "../format";
import { barInks } from "./assemble";
import { useScene } from "./scene";
import { Swatch } from "./swatch";

/** Those of a panel. */
export function Bars({ metric }: { metric: string }) {
  const scene = useScene();
  const { state, pointed } = scene;
  const frame = state.frame.value;
  const { ids, hidden } = scene.drawn();
  const rows = ids.flatMap((run) => (hidden.has(run) ? [] : (frame.rowOf.get(run) ?? [])));
  const bars = barsOf(frame, rows, metric, directionIn(state, metric));
  return <BarList frame={frame} bars={bars} inks={barInks(scene)} pointed={pointed} />;
}

interface Props {
  frame: Frame;
  bars: readonly Bar[];
  inks: ReadonlyMap<string, Ink>;
  pointed: Signal<string | null>;
  open?: (run: string) => void;
}

export function BarList({ frame, bars, inks, pointed, open }: Props) {
  const finite = bars.map(({ value }) => value).filter(Number.isFinite);
  const low = Math.min(0, ...finite);
  const high = Math.max(0, ...finite);
  const share = (value: number) => (high === low ? 0 : (100 * (value - low)) / (high - low));
  return (
    <ol class="nbt-bars">
      {bars.map(({ row, value }, place) => {
        const run = frame.ids[row];
        const ink = inks.get(run)!;
        const name = runName(frame, run);
        const best = place === 0 && bars.length > 1 && Number.isFinite(value);
        return (
          <li
            key={run}
            class={pointed.value === run ? "nbt-pointed" : ""}
            onMouseEnter={() => (pointed.value = run)}
            onMouseLeave={() => (pointed.value = null)}
          >
            <span class="nbt-bars-name" title={name}>
              <Swatch ink={ink} />
              {open ? (
                <button type="button" class="nbt-textlink" onClick={() => open(run)}>
                  {name}
                </button>
              ) : (
                <span>{name}</span>
              )}
            </span>
            <span class="nbt-bars-track">
              {Number.isFinite(value) && (
                <span
                  class="nbt-bars-bar"
                  style={{
                    left: `${share(Math.min(0, value))}%`,
                    width: `${Math.abs(share(value) - share(0))}%`,
                    background: ink.color,
                  }}
                />
              )}
            </span>
            <span class={best ? "nbt-number nbt-winner" : "nbt-number"}>{num(value)}</span>
          </li>
        );
      })}
    </ol>
  );
}
