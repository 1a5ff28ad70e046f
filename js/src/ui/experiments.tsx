/** Which experiments are shown? */

import type { Experiment } from "../protocol";
import { toggle } from "../data/lists";
import { setView, type State } from "../state/state";
import { Choices } from "./choices";
import { Icon } from "./icons";
import { Popover } from "./popover";

/** Which runs by their stage: those in the trash are the deleted ones. */
const STAGES: Record<string, string> = { active: "Active", deleted: "Deleted (trash)", all: "All" };

export function Experiments({ state }: { state: State }) {
  const active = state.status.value.experiments.filter(({ stage }) => stage !== "deleted");
  const chosen = state.view.value.experiments;
  const trash = state.view.value.lifecycle !== "active";
  const words = named(chosen.length === 0 ? active : active.filter(({ id }) => chosen.includes(id)), active.length);
  return (
    <Popover
      label="Choose experiments"
      class="nbt-experiments"
      button={
        <>
          <span class="nbt-ellipsis">{trash ? `${words}, ${STAGES[state.view.value.lifecycle]?.toLowerCase()}` : words}</span>
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
  const chosen = state.view.value.experiments;
  const choices = active.map(({ id, name, runs }) => ({ key: id, words: name, amount: runs, checked: chosen.includes(id) }));
  return (
    <>
      <label class="nbt-choice">
        <input type="checkbox" checked={chosen.length === 0} onChange={() => setView(state, { experiments: [] })} />
        <span class="nbt-ellipsis">All experiments</span>
        <span class="nbt-amount">{active.reduce((sum, { runs }) => sum + runs, 0).toLocaleString("en")}</span>
      </label>
      <fieldset class="nbt-picks">
        <legend>Runs</legend>
        {Object.entries(STAGES).map(([lifecycle, label]) => (
          <button key={lifecycle} class="nbt-pick" aria-pressed={state.view.value.lifecycle === lifecycle} onClick={() => setView(state, { lifecycle })}>
            {label}
          </button>
        ))}
      </fieldset>
      <Choices what="an experiment" sections={[{ choices }]} change={(id) => setView(state, { experiments: toggle(chosen, id) })} />
    </>
  );
}
