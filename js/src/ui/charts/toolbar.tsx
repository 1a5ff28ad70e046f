/** What can be set for all panels at once. */

import { setView } from "../../state/state";
import { useScene } from "./scene";

const AXES = [
  ["step", "Step"],
  ["time", "Time"],
  ["relative", "Duration"],
] as const;

export function Toolbar() {
  const scene = useScene();
  const { state, zoom } = scene;
  const { x, smoothing, log_x, log_y, search } = state.view.value.chart;
  const toX = (axis: string) => {
    zoom.value = null;
    setView(state, { chart: { x: axis } });
  };
  return (
    <div class="nbt-controls" role="group" aria-label="Charts">
      <input
        class="nbt-input nbt-controls-search"
        type="search"
        placeholder="Find metrics"
        aria-label="Find metrics"
        value={search}
        onInput={(event) => setView(state, { chart: { search: event.currentTarget.value } })}
      />
      <span class="nbt-segments" role="group" aria-label="Horizontal axis">
        {AXES.map(([axis, name]) => (
          <button type="button" class="nbt-button" aria-pressed={x === axis} onClick={() => toX(axis)} key={axis}>
            {name}
          </button>
        ))}
      </span>
      <label class="nbt-slider" title="Exponential mean, debiased; the raw line stays faint behind">
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
        <span class="nbt-slider-value nbt-dim">{smoothing ? smoothing.toFixed(2) : "off"}</span>
      </label>
      <button
        type="button"
        class="nbt-button"
        aria-pressed={log_x}
        disabled={x === "time"}
        onClick={() => {
          zoom.value = null;
          setView(state, { chart: { log_x: !log_x } });
        }}
      >
        log x
      </button>
      <button type="button" class="nbt-button" aria-pressed={log_y} onClick={() => setView(state, { chart: { log_y: !log_y } })}>
        log y
      </button>
      {zoom.value && (
        <button type="button" class="nbt-button" onClick={() => (zoom.value = null)}>
          Show all
        </button>
      )}
    </div>
  );
}
