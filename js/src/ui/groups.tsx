/** By which columns are runs put together, and how is it said how far a group spreads? */

import { groupOf, internal, label, spread } from "../data/columns";
import { butForTheSeed, repeats, seedsDiffer, SPREADS, type Spread } from "../data/groups";
import { toggle } from "../data/lists";
import { setView, type State } from "../state/state";
import { Choices } from "./choices";
import { Icon } from "./icons";
import { Popover } from "./popover";

const by = (state: State, group: string[]) => setView(state, { group, opened: [] });
const same = (a: readonly string[], b: readonly string[]): boolean => a.length === b.length && a.every((each) => b.includes(each));

/** Where runs were repeated with other seeds, one click puts the repetitions together. */
export function SeedButton({ state }: { state: State }) {
  const { group } = state.view.value;
  const { frame, scopeRows } = state.table;
  if (!seedsDiffer(frame.value, scopeRows.value)) return null;
  const seedless = butForTheSeed(frame.value, scopeRows.value);
  const on = same(group, seedless);
  if (!on && !repeats(frame.value, seedless, scopeRows.value)) return null;
  return (
    <button class="nbt-button" aria-pressed={on} aria-label="Group repeats" title="Group repeats (same params except seed)" onClick={() => by(state, on ? [] : seedless)}>
      <Icon name="seed" />
      <span class="nbt-roomy">Seeds</span>
    </button>
  );
}

export function GroupMenu({ state, align = "right" }: { state: State; align?: "left" | "right" }) {
  const { group } = state.view.value;
  return (
    <Popover
      label="Group runs"
      align={align}
      button={
        <>
          <Icon name="group" />
          <span class="nbt-roomy">{group.length > 0 ? `By ${group.length === 1 ? label(group[0]) : `${group.length} columns`}` : "Group"}</span>
        </>
      }
    >
      {(close) => <Sheet state={state} close={close} />}
    </Popover>
  );
}

function Sheet({ state, close }: { state: State; close: () => void }) {
  const { group } = state.view.value;
  const { frame, scopeRows } = state.table;
  const seedless = butForTheSeed(frame.value, scopeRows.value);
  const choices = [...frame.value.columns]
    .filter(([name, column]) => column.kind === "text" && isOffered(name) && (group.includes(name) || spread(column, scopeRows.value) === "differs"))
    .map(([name]) => ({ key: name, words: label(name), name, checked: group.includes(name) }));
  return (
    <>
      <button class="nbt-act" aria-pressed={seedless.length > 0 && same(group, seedless)} disabled={seedless.length === 0} onClick={() => (by(state, seedless), close())}>
        <Icon name="seed" /> Group repeats (same params except seed)
      </button>
      <Choices what="a column" sections={[{ choices }]} change={(name) => by(state, toggle(group, name))} />
      {group.length > 0 && <Spreads state={state} />}
      <button class="nbt-act" disabled={group.length === 0} onClick={() => (by(state, []), close())}>
        <Icon name="close" /> Ungroup
      </button>
    </>
  );
}

function isOffered(name: string): boolean {
  return (["params", "tags"].includes(groupOf(name)) && !internal(name)) || ["experiment_id", "status", "user_id"].includes(name);
}

const SAYS: Record<Spread, string> = { sd: "± deviation", ci: "± 95 % interval", minmax: "min – max" };

function Spreads({ state }: { state: State }) {
  return (
    <fieldset class="nbt-picks nbt-spreads">
      <legend>Beside the mean</legend>
      {SPREADS.map((each) => (
        <button key={each} class="nbt-pick" aria-pressed={state.view.value.spread === each} onClick={() => setView(state, { spread: each })}>
          {SAYS[each]}
        </button>
      ))}
    </fieldset>
  );
}
