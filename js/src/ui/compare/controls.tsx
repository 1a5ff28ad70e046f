/** What of the runs is compared: all or only what differs, against which one, and which value of a metric. */

import { PICKS, type MetricPick } from "../../data/compare";
import { setView, type State } from "../../state/state";
import { runName } from "../drawn";

const WORDS: Record<MetricPick, string> = { last: "last", best: "best", min: "min", max: "max", step: "at step" };

export function pickOf(state: State): MetricPick {
  return PICKS.find((name) => name === state.view.value.compare.pick) ?? "last";
}

interface Props {
  state: State;
  ids: readonly string[];
  /** What is to be said: runs left out, rows hidden, histories that are on their way. */
  notes: readonly string[];
}

export function Controls({ state, ids, notes }: Props) {
  const { differences, baseline, step } = state.view.value.compare;
  const pick = pickOf(state);
  const frame = state.frame.value;
  return (
    <div class="nbt-controls" role="group" aria-label="Comparison">
      <label class="nbt-check">
        <input
          type="checkbox"
          checked={differences}
          onChange={(event) => setView(state, { compare: { differences: event.currentTarget.checked } })}
        />
        Only differences
      </label>
      <label class="nbt-field">
        Baseline
        <select
          class="nbt-input"
          value={baseline !== null && ids.includes(baseline) ? baseline : ""}
          onChange={(event) => setView(state, { compare: { baseline: event.currentTarget.value || null } })}
        >
          <option value="">none</option>
          {ids.map((id) => (
            <option key={id} value={id}>
              {runName(frame, id)}
            </option>
          ))}
        </select>
      </label>
      <span class="nbt-segments" role="group" aria-label="Which value of a metric" title="Which value of a metric">
        {PICKS.map((name) => (
          <button type="button" key={name} class="nbt-button" aria-pressed={pick === name} onClick={() => setView(state, { compare: { pick: name } })}>
            {WORDS[name]}
          </button>
        ))}
      </span>
      {pick === "step" && (
        <input
          class="nbt-input nbt-compare-step"
          type="number"
          aria-label="Step"
          value={step}
          onInput={(event) => Number.isFinite(event.currentTarget.valueAsNumber) && setView(state, { compare: { step: event.currentTarget.valueAsNumber } })}
        />
      )}
      {notes.map((note) => (
        <span key={note} class="nbt-dim">
          {note}
        </span>
      ))}
    </div>
  );
}
