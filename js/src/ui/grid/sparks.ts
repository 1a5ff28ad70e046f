/** Whose histories are wanted for the sparklines in sight? The kernel brings those of the newest runs alone unasked. */

import { useComputed, useSignalEffect, type ReadonlySignal, type Signal } from "@preact/signals";
import { useEffect, useMemo } from "preact/hooks";
import { createHistories, type Histories } from "../../state/histories";
import type { State } from "../../state/state";
import type { Facts } from "./facts";
import { linesInSight, type Scroll } from "./sight";
import { WIDTH } from "./spark";

/** Asked for once the lines rest; of a server not at all, where each history is a request. */
export function useSparks(state: State, facts: Facts, scroll: Signal<Scroll>, moving: ReadonlySignal<boolean>): void {
  const histories = useMemo(() => createHistories(state, { points: 2 * WIDTH, quiet: true }), [state]);
  useEffect(() => () => histories.stop(), [histories]);
  const metrics = useComputed(() => facts.layout.value.places.filter(({ spark }) => spark).map(({ name }) => name));
  useSignalEffect(() => {
    if (moving.value || state.life.value !== "live" || state.status.value.store.kind === "rest") return;
    const { rows, marks } = state.table.lines.value;
    for (const line of linesInSight(rows.length, 0, scroll.value, facts.spot.value)) {
      if (state.table.isRun(marks[line])) want(state, histories, rows[line], metrics.value);
    }
  });
}

function want(state: State, histories: Histories, row: number, metrics: readonly string[]): void {
  const { columns, ids } = state.table.frame.value;
  for (const name of metrics) {
    const column = columns.get(name);
    const key = name.slice("metrics.".length);
    if (column?.kind === "metric" && column.count[row] > 1 && !state.book.get(ids[row], key)) histories.want(ids[row], key, false);
  }
}
