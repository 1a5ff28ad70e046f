/** Which ink has each run of this view, in the table and in every chart alike? */

import { computed, type ReadonlySignal } from "@preact/signals";
import type { State } from "../state/state";
import { inks, type Ink } from "./color";

const found = new WeakMap<State, ReadonlySignal<ReadonlyMap<string, Ink>>>();

/** The inks of the runs that are drawn. A hidden run keeps its own, so that the others do not change theirs. */
export function inksOf(state: State): ReadonlySignal<ReadonlyMap<string, Ink>> {
  let signal = found.get(state);
  if (!signal) {
    signal = computed(() => inks(state.selected.value.length > 0 ? state.selected.value : state.table.drawn.value));
    found.set(state, signal);
  }
  return signal;
}
