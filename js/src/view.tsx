/** Which of the views does one output show? */

import { useEffect, useRef } from "preact/hooks";
import { setView, type State } from "./state/state";
import { App } from "./ui/app";
import { ChartsView, CompareView, RunView } from "./ui/panel";
import { suppressLabShortcuts } from "./ui/shortcuts";

const ALONE = { compare: CompareView, chart: ChartsView, show: RunView };

export function View({ state }: { state: State }) {
  const root = useRef<HTMLDivElement>(null);
  useEffect(() => (root.current ? suppressLabShortcuts(root.current) : undefined), []);
  if (state.kind === "dashboard") return <App state={state} />;
  const Alone = ALONE[state.kind];
  const { tab, focus } = state.view.value;
  const opened = state.kind !== "show" && tab === "run" && focus !== null;
  return (
    <div ref={root} class={`nbt-root nbt-alone-${opened ? "show" : state.kind}`}>
      {opened && (
        <button type="button" class="nbt-button nbt-back" onClick={() => setView(state, { tab: state.kind === "chart" ? "charts" : "compare" })}>
          ‹ Back to the {state.kind === "chart" ? "charts" : "comparison"}
        </button>
      )}
      {opened ? <RunView state={state} /> : <Alone state={state} />}
    </div>
  );
}
