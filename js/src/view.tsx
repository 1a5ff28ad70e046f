/** Which of the views does one output show? */

import { useRef } from "preact/hooks";
import { setView, type State } from "./state/state";
import { App } from "./ui/app";
import { useHost } from "./ui/host";
import { ChartsView, CompareView, RunView } from "./ui/panel";

const ALONE = { compare: CompareView, chart: ChartsView, show: RunView };

export function View({ state }: { state: State }) {
  return state.kind === "dashboard" ? <App state={state} /> : <Alone state={state} kind={state.kind} />;
}

function Alone({ state, kind }: { state: State; kind: keyof typeof ALONE }) {
  const root = useRef<HTMLDivElement>(null);
  useHost(root);
  const Only = ALONE[kind];
  const { tab, focus } = state.view.value;
  const opened = kind !== "show" && tab === "run" && focus !== null;
  return (
    <div ref={root} tabIndex={-1} class={`nbt-root nbt-alone-${opened ? "show" : kind}`}>
      {opened && (
        <button type="button" class="nbt-button nbt-back" onClick={() => setView(state, { tab: kind === "chart" ? "charts" : "compare" })}>
          ‹ Back to the {kind === "chart" ? "charts" : "comparison"}
        </button>
      )}
      {opened ? <RunView state={state} /> : <Only state={state} />}
    </div>
  );
}
