/** What is seen below the table: charts, the analysis, the comparison, or one run, each under a tab. */

import type { State } from "../state/state";
import { setView } from "../state/state";
import { AnalyseView } from "./analyse/view";
import { ChartsView } from "./charts/view";
import { CompareView } from "./compare/view";
import { RunView } from "./run/view";

export { ChartsView, CompareView, RunView };

const TABS = [
  ["charts", "Charts"],
  ["analyse", "Analyse"],
  ["compare", "Compare"],
  ["run", "Run"],
] as const;

export function Panel({ state }: { state: State }) {
  const tab = TABS.find(([name]) => name === state.view.value.tab)?.[0] ?? "charts";
  const byKey = (event: KeyboardEvent) => {
    const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (!step) return;
    const next = TABS[(TABS.findIndex(([name]) => name === tab) + step + TABS.length) % TABS.length][0];
    setView(state, { tab: next });
    (event.currentTarget as HTMLElement).querySelector<HTMLElement>(`[data-tab="${next}"]`)?.focus();
    event.preventDefault();
    event.stopPropagation();
  };
  return (
    <div class="nbt-panel">
      <div class="nbt-tabs" role="tablist" aria-label="Views of the selected runs" onKeyDown={byKey}>
        {TABS.map(([name, title]) => (
          <button
            type="button"
            role="tab"
            key={name}
            data-tab={name}
            aria-selected={tab === name}
            tabIndex={tab === name ? 0 : -1}
            onClick={() => setView(state, { tab: name })}
          >
            {title}
            {name === "compare" && state.selected.value.length > 1 && <span class="nbt-tab-count">{state.selected.value.length}</span>}
          </button>
        ))}
      </div>
      <div class="nbt-panel-body" role="tabpanel" aria-label={TABS.find(([name]) => name === tab)![1]} key={tab}>
        {tab === "charts" && <ChartsView state={state} />}
        {tab === "analyse" && <AnalyseView state={state} />}
        {tab === "compare" && <CompareView state={state} />}
        {tab === "run" && <RunView state={state} />}
      </div>
    </div>
  );
}
