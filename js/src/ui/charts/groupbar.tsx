/** The groups drawn, where runs are put together: a legend for all panels. A click hides a group's runs and shows them again. */

import { setView } from "../../state/state";
import { groupName } from "../../data/groups";
import { groupInks } from "./assemble";
import { useScene } from "./scene";
import { Swatch } from "./swatch";

export function GroupBar() {
  const scene = useScene();
  const { state, pointed, drawn, groups } = scene;
  const frame = state.frame.value;
  const { ids, hidden, unasked } = drawn();
  const members = new Map<string, string[]>();
  for (const id of ids) {
    const name = groupName(frame, id, groups());
    members.set(name, [...(members.get(name) ?? []), id]);
  }
  const colors = groupInks(scene);
  return (
    <div class="nbt-runbar" role="group" aria-label="Groups drawn">
      {[...members].map(([name, runs]) => {
        const out = runs.every((run) => hidden.has(run));
        const others = state.view.peek().hidden.filter((run) => !runs.includes(run));
        return (
          <button
            type="button"
            key={name}
            class={pointed.value === name ? "nbt-run-chip nbt-pointed" : "nbt-run-chip"}
            aria-pressed={!out}
            title={out ? "Draw this group" : "Hide this group"}
            onClick={() => setView(state, { hidden: out ? others : [...others, ...runs] })}
            onMouseEnter={() => (pointed.value = name)}
            onMouseLeave={() => (pointed.value = null)}
          >
            <Swatch ink={colors.get(name)!} />
            <span class="nbt-run-chip-name">{name}</span>
            <span class="nbt-dim">{runs.length}</span>
          </button>
        );
      })}
      {unasked && state.table.groups.value.length > members.size && (
        <span class="nbt-dim">Showing the first {members.size} groups. Select groups to choose which are drawn.</span>
      )}
    </div>
  );
}
