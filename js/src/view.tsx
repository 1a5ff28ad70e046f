/** Which of the views does one output show? */

import { useEffect, useRef } from "preact/hooks";
import type { State } from "./state/state";
import { App } from "./ui/app";
import { ChartsView, CompareView, RunView } from "./ui/panel";
import { suppressLabShortcuts } from "./ui/shortcuts";

const ALONE = { compare: CompareView, chart: ChartsView, show: RunView };

export function View({ state }: { state: State }) {
  const root = useRef<HTMLDivElement>(null);
  useEffect(() => (root.current ? suppressLabShortcuts(root.current) : undefined), []);
  if (state.kind === "dashboard") return <App state={state} />;
  const Alone = ALONE[state.kind];
  return (
    <div ref={root} class={`nbt-root nbt-alone-${state.kind}`}>
      <Alone state={state} />
    </div>
  );
}
