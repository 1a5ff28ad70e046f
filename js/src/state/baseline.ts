/** The run that others are compared with: in the table, the charts and the comparison. */

import type { State } from "./state";
import { setView } from "./state";

export function setBaseline(state: State, run: string | null): void {
  setView(state, { compare: { baseline: run } });
}

/** The baseline where it is among the runs; null without one. Reads signals. */
export function baselineOf({ view, frame }: Pick<State, "view" | "frame">): string | null {
  const { baseline } = view.value.compare;
  return baseline !== null && frame.value.rowOf.has(baseline) ? baseline : null;
}
