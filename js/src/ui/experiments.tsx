/** Which experiments are shown? */

import { useSignal } from "@preact/signals";
import type { Experiment } from "../protocol";
import { setView, type State } from "../state/state";
import { Icon } from "./icons";
import { Popover } from "./popover";

export function Experiments({ state }: { state: State }) {
  const active = state.status.value.experiments.filter(({ stage }) => stage !== "deleted");
  const chosen = state.view.value.experiments;
  const words = named(chosen.length === 0 ? active : active.filter(({ id }) => chosen.includes(id)), active.length);
  return (
    <Popover
      label="Choose experiments"
      class="nbt-experiments"
      button={
        <>
          <span class="nbt-ellipsis">{words}</span>
          <Icon name="down" size={12} />
        </>
      }
    >
      {() => <List state={state} active={active} />}
    </Popover>
  );
}

/** A single experiment by its name: a dashboard may have been opened on one alone. */
function named(shown: readonly Experiment[], all: number): string {
  if (shown.length === 1) return shown[0].name;
  return shown.length === all ? "All experiments" : `${shown.length} experiments`;
}

function List({ state, active }: { state: State; active: readonly Experiment[] }) {
  const search = useSignal("");
  const chosen = state.view.value.experiments;
  const found = active.filter(({ name }) => name.toLowerCase().includes(search.value.toLowerCase()));
  const choose = (experiments: string[]) => setView(state, { experiments });
  const toggle = (id: string) => choose(chosen.includes(id) ? chosen.filter((other) => other !== id) : [...chosen, id]);
  return (
    <>
      {active.length > 8 && (
        <input
          class="nbt-input"
          placeholder="Find an experiment"
          aria-label="Find an experiment"
          value={search.value}
          onInput={(event) => (search.value = event.currentTarget.value)}
        />
      )}
      <label class="nbt-choice">
        <input type="checkbox" checked={chosen.length === 0} onChange={() => choose([])} />
        <span class="nbt-ellipsis">All experiments</span>
        <span class="nbt-amount">{active.reduce((sum, { runs }) => sum + runs, 0)}</span>
      </label>
      <div class="nbt-choices">
        {found.map(({ id, name, runs }) => (
          <label key={id} class="nbt-choice">
            <input type="checkbox" checked={chosen.includes(id)} onChange={() => toggle(id)} />
            <span class="nbt-ellipsis" title={name}>
              {name}
            </span>
            <span class="nbt-amount">{runs}</span>
          </label>
        ))}
      </div>
    </>
  );
}
