/** What can be set for all panels at once. */

import { computed } from "@preact/signals";
import { useMemo } from "preact/hooks";
import { groupOf, label } from "../../data/columns";
import { AXES } from "../../data/line";
import { reach } from "../../data/smooth";
import { setView, type State } from "../../state/state";
import { knownMetrics } from "./assemble";
import { Formula } from "./formula";
import { useScene } from "./scene";

const AXIS_NAMES = ["Step", "Time", "Duration"];
const SMOOTHERS = [
  ["ema", "exponential"],
  ["gaussian", "Gaussian"],
  ["mean", "moving mean"],
] as const;
const BANDS = [
  ["sd", "mean ± SD"],
  ["ci", "mean, 95 % interval"],
  ["minmax", "mean, min–max"],
  ["none", "single runs"],
] as const;

export function Toolbar() {
  const scene = useScene();
  const { state, zoom } = scene;
  const { x, log_x, log_y, clip, search } = state.view.value.chart;
  const set = (chart: Partial<State["view"]["value"]["chart"]>) => {
    if ("x" in chart || "log_x" in chart) zoom.value = null;
    setView(state, { chart });
  };
  return (
    <div class="nbt-controls" role="group" aria-label="Charts">
      <input
        class="nbt-input nbt-controls-search"
        type="search"
        placeholder="Find metrics"
        aria-label="Find metrics"
        value={search}
        onInput={(event) => set({ search: event.currentTarget.value })}
      />
      <span class="nbt-segments" role="group" aria-label="Horizontal axis">
        {AXES.map((axis, i) => (
          <button type="button" class="nbt-button" aria-pressed={x === axis} onClick={() => set({ x: axis })} key={axis}>
            {AXIS_NAMES[i]}
          </button>
        ))}
        <AxisMetric state={state} set={(axis) => set({ x: axis })} />
      </span>
      <Smoothing state={state} />
      <button type="button" class="nbt-button" aria-pressed={log_x} disabled={x === "time"} onClick={() => set({ log_x: !log_x })}>
        log x
      </button>
      <button type="button" class="nbt-button" aria-pressed={log_y} onClick={() => set({ log_y: !log_y })}>
        log y
      </button>
      <button
        type="button"
        class="nbt-button"
        aria-pressed={clip}
        title="Outliers lie beyond the axis"
        onClick={() => set({ clip: !clip })}
      >
        clip outliers
      </button>
      {scene.only === null && <Groups state={state} />}
      <Formula />
      {zoom.value && (
        <button type="button" class="nbt-button" onClick={() => (zoom.value = null)}>
          Show all
        </button>
      )}
    </div>
  );
}

/** The names change seldom, and points of known metrics render nothing here. */
function useNames(state: State, names: (state: State) => string[]): string[] {
  const text = useMemo(() => computed(() => JSON.stringify(names(state))), [state]);
  return JSON.parse(text.value) as string[];
}

function AxisMetric({ state, set }: { state: State; set: (axis: string) => void }) {
  const metrics = useNames(state, ({ frame }) => knownMetrics(frame.value));
  const { x } = state.view.value.chart;
  const own = !AXES.includes(x);
  return (
    <select
      class={own ? "nbt-input nbt-axis nbt-chosen" : "nbt-input nbt-axis"}
      aria-label="Another metric as horizontal axis"
      value={own ? x : ""}
      onChange={(event) => set(event.currentTarget.value || "step")}
    >
      <option value="">metric…</option>
      {[...new Set([...metrics, ...(own ? [x] : [])])].map((metric) => (
        <option key={metric} value={metric}>
          {metric}
        </option>
      ))}
    </select>
  );
}

function Smoothing({ state }: { state: State }) {
  const { smoothing, smoother } = state.view.value.chart;
  const told = smoother === "ema" ? smoothing.toFixed(2) : smoother === "mean" ? `${2 * reach(smoothing) + 1} pts` : `σ ${(0.5 / (1 - smoothing)).toFixed(1)}`;
  return (
    <label class="nbt-slider" title="The raw line stays faint behind">
      Smooth
      <input
        type="range"
        min="0"
        max="0.99"
        step="0.01"
        value={smoothing}
        aria-label="Smoothing"
        onInput={(event) => setView(state, { chart: { smoothing: Number(event.currentTarget.value) } })}
      />
      <span class="nbt-slider-value nbt-dim">{smoothing ? told : "off"}</span>
      {smoothing > 0 && (
        <select
          class="nbt-input"
          aria-label="Kind of smoothing"
          value={smoother}
          onChange={(event) => setView(state, { chart: { smoother: event.currentTarget.value } })}
        >
          {SMOOTHERS.map(([value, name]) => (
            <option key={value} value={value}>
              {name}
            </option>
          ))}
        </select>
      )}
    </label>
  );
}

/** By which columns runs are put together, in the table as here, and what stands around their mean. */
export function Groups({ state }: { state: State }) {
  const columns = useNames(state, ({ frame }) =>
    [...frame.value.columns.keys()].filter((name) => ["params", "tags"].includes(groupOf(name)) && !name.startsWith("tags.mlflow.")),
  );
  const { group, chart } = state.view.value;
  const shown = group.join("\n");
  return (
    <label class="nbt-field">
      Group
      <select
        class="nbt-input"
        aria-label="Group by"
        value={shown}
        onChange={(event) => setView(state, { group: event.currentTarget.value ? event.currentTarget.value.split("\n") : [] })}
      >
        <option value="">–</option>
        {[...new Set([...columns, ...(shown ? [shown] : [])])].map((column) => (
          <option key={column} value={column}>
            {column.split("\n").map(label).join(", ")}
          </option>
        ))}
      </select>
      {shown && (
        <select
          class="nbt-input"
          aria-label="Band of groups"
          value={chart.band}
          onChange={(event) => setView(state, { chart: { band: event.currentTarget.value } })}
        >
          {BANDS.map(([value, name]) => (
            <option key={value} value={value}>
              {name}
            </option>
          ))}
        </select>
      )}
    </label>
  );
}
