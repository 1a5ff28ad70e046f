/** Which lines are in the page now: those that stay on top, or those in sight below them? */

import type { ReadonlySignal, Signal } from "@preact/signals";
import { useMemo } from "preact/hooks";
import type { State } from "../../state/state";
import type { Facts } from "./facts";
import { GroupRow } from "./group_row";
import type { Place } from "./layout";
import { Row } from "./row";
import { linesInSight, Slots, type Scroll } from "./sight";

interface LinesProps {
  state: State;
  facts: Facts;
  places: Place[];
  part: "pins" | "rest";
  scroll: Signal<Scroll>;
  moving: ReadonlySignal<boolean>;
}

export function Lines({ state, facts, places, part, scroll, moving }: LinesProps) {
  const { table } = state;
  const slots = useMemo(() => new Slots(), [state]);
  const { rows, depth, marks } = table.lines.value;
  const { ids } = table.frame.value;
  const at = facts.spot.value;
  const pins = facts.pins.value;
  const { inks, hidden } = facts.drawn.value;
  const shared = { state, frame: table.frame.value, layout: facts.layout.value, places, narrow: table.narrow.value };
  const lines = part === "pins" ? Array.from({ length: pins }, (_, i) => i) : linesInSight(rows.length, pins, scroll.value, at);
  const names = lines.map((line) => (table.isRun(marks[line]) ? ids[rows[line]] : `group ${rows[line]}`));
  const keys = slots.take(names);
  // To put elements into another order costs as much as to make them anew, so that this waits until they rest.
  const order = slots.arranged(keys, moving.value);
  return (
    <>
      {order.map((i) => {
        const line = lines[i];
        const row = rows[line];
        const top = part === "pins" ? line : line - pins;
        const cursor = at.line === line ? at.column : -1;
        if (!table.isRun(marks[line])) {
          const group = table.groups.value[row];
          return <GroupRow key={`group ${keys[i]}`} {...shared} group={group} line={line} top={top} mark={marks[line]} cursor={cursor} best={facts.bestGroups.value} />;
        }
        const id = ids[row];
        return (
          <Row
            key={keys[i]}
            {...shared}
            row={row}
            line={line}
            top={top}
            depth={depth[line]}
            mark={marks[line]}
            selected={table.selected.value.has(id)}
            hidden={hidden.has(id)}
            color={inks.get(id)?.color}
            dash={inks.get(id)?.dash.join(" ") ?? ""}
            best={facts.best.value}
            heat={facts.heat.value}
            pending={state.pendingEdits.value.has(id)}
            cursor={cursor}
          />
        );
      })}
    </>
  );
}
