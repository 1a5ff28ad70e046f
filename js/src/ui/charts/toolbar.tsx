/** What can be set for all panels at once. */

import { computed } from "@preact/signals";
import { useMemo } from "preact/hooks";
import { AXES } from "../../data/line";
import { reach } from "../../data/smooth";
import { setView, type State } from "../../state/state";
import { GroupMenu } from "../groups";
import { knownMetrics } from "./assemble";
import { Formula } from "./formula";
import { useScene } from "./scene";

const AXIS_NAMES = ["Step", "Time", "Duration"];
const SMOOTHERS = [
  ["ema", "exponential"],
  ["gaussian", "Gaussian"],
  ["mean", "moving mean"],
] as const;
/** How each is computed: docs/numbers.md. */
const SMOOTHING = {
  ema: "Exponential mean by point, divided by 1 − wⁿ, as in TensorBoard.",
  gaussian: "Gaussian mean by point, σ = 0.5 / (1 − w) points, cut at 3σ.",
  mean: "Mean of each point and 0.5 / (1 − w) points on each side.",
};
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
        title="Scale the axis without outliers"
        onClick={() => set({ clip: !clip })}
      >
        clip outliers
      </button>
      {state.kind === "chart" && <GroupMenu state={state} align="left" />}
      {scene.only === null && <Band state={state} />}
      <Formula />
      {/* Always there, so that the charts do not move under the pointer that has just zoomed. */}
      <button type="button" class="nbt-button" disabled={!zoom.value} title="Reset the zoom of all charts" onClick={() => (zoom.value = null)}>
        Reset zoom
      </button>
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
      <option value="">by metric…</option>
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
    <label class="nbt-slider" title={`${SMOOTHING[smoother as keyof typeof SMOOTHING] ?? ""} The raw line stays visible.`}>
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

/** What stands around the mean of each group, where the toolbar's Group put runs together. */
export function Band({ state }: { state: State }) {
  const { group, chart } = state.view.value;
  if (group.length === 0) return null;
  return (
    <label class="nbt-field">
      Lines
      <select class="nbt-input" aria-label="Lines of groups" value={chart.band} onChange={(event) => setView(state, { chart: { band: event.currentTarget.value } })}>
        {BANDS.map(([value, name]) => (
          <option key={value} value={value}>
            {name}
          </option>
        ))}
      </select>
    </label>
  );
}
