/** Which of the views does one output show? */

import type { State } from "./state/state";
import { App } from "./ui/app";
import { ChartsView, CompareView, RunView } from "./ui/panel";

const ALONE = { compare: CompareView, chart: ChartsView, show: RunView };

export function View({ state }: { state: State }) {
  if (state.kind === "dashboard") return <App state={state} />;
  const Alone = ALONE[state.kind];
  return (
    <div class={`nbt-root nbt-${state.kind}`}>
      <Alone state={state} />
    </div>
  );
}
