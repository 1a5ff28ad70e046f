/** Metric charts: one panel a metric, in sections, of the runs selected. */

import { useComputed, useSignal } from "@preact/signals";
import { useEffect, useLayoutEffect, useMemo, useRef } from "preact/hooks";
import { byHand, gathered, SYSTEM, sectionsOf, type Section } from "../../data/sections";
import type { State } from "../../state/state";
import type { Drawn } from "../drawn";
import { Figure } from "./figure";
import { GroupBar } from "./groupbar";
import { HoverList } from "./hover";
import { Fold } from "./icons";
import { RunBar } from "./runbar";
import { createScene, SceneContext, useScene } from "./scene";
import { columnsIn } from "./sizes";
import { followTheme } from "./theme";
import { Toolbar } from "./toolbar";
import { countOf } from "./assemble";

/** `only` draws one run, whatever is selected. */
export function ChartsView({ state, only = null }: { state: State; only?: string | null }) {
  const scene = useMemo(() => createScene(state, only), [state, only]);
  const box = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const stop = followTheme(box.current!, scene.theme);
    return () => {
      stop();
      scene.stop();
    };
  }, [scene]);
  return (
    <SceneContext.Provider value={scene}>
      <div
        class="nbt-charts"
        ref={box}
        onKeyDown={(event) => {
          if (event.key !== "Escape" || scene.big.peek() === null) return;
          scene.grow(null);
          event.stopPropagation();
        }}
      >
        <Toolbar />
        {only === null && <Legend />}
        <Sections />
        <HoverList within={box} />
      </div>
    </SceneContext.Provider>
  );
}

function Legend() {
  return useScene().merged() ? <GroupBar /> : <RunBar />;
}

function Sections() {
  const { state, drawn: drawnNow } = useScene();
  const folded = useSignal<ReadonlySet<string>>(new Set([SYSTEM]));
  const { metrics: chosen, search, order, formulas } = state.view.value.chart;
  const drawn = drawnNow();
  // As text, so that points of known metrics render nothing here.
  const all = JSON.parse(useComputed(() => JSON.stringify(metricsOf(state, drawnNow()))).value) as string[];
  if (drawn.ids.length === 0) return <p class="nbt-hint">{whyNone(state)}</p>;
  if (all.length === 0) return <p class="nbt-hint">These runs have no metrics yet.</p>;
  const extra = formulas.length > 0 && <Grid metrics={formulas} short={false} />;
  if (chosen) {
    const listed = sectionsOf(chosen.filter((metric) => all.includes(metric)), search).flatMap(({ metrics }) => metrics);
    return <Grid metrics={[...formulas, ...chosen.filter((metric) => listed.includes(metric))]} short={false} />;
  }
  const sections = gathered(sectionsOf(all, search)).map((section) => ({ ...section, metrics: byHand(section.metrics, order) }));
  if (sections.length === 0) return <p class="nbt-hint">No metric is named like “{search}”.</p>;
  if (sections.length === 1 && sections[0].name === "") {
    return (
      <>
        {extra}
        <Grid metrics={sections[0].metrics} short={false} />
      </>
    );
  }
  const toggle = (name: string) => {
    const next = new Set(folded.value);
    if (!next.delete(name)) next.add(name);
    folded.value = next;
  };
  return (
    <>
      {extra}
      {sections.map((section) => (
        <SectionView
          key={section.name}
          section={section}
          open={!folded.value.has(section.name) || search !== ""}
          toggle={() => toggle(section.name)}
        />
      ))}
    </>
  );
}

/** Why no run is drawn. */
function whyNone(state: State): string {
  if (state.table.scopeRows.value.length > 0) return state.table.filtered.value.mask ? "No runs match the filter." : "No runs to draw.";
  const isLoading = !state.status.value.loaded && state.life.value === "live" && state.frame.value.length === 0;
  return isLoading ? "Reading the store…" : "No runs yet.";
}

function SectionView({ section, open, toggle }: { section: Section; open: boolean; toggle: () => void }) {
  const name = section.name || "metrics";
  return (
    <section class="nbt-section" aria-label={name}>
      <button type="button" class="nbt-section-head" aria-expanded={open} onClick={toggle}>
        <Fold open={open} />
        <span>{name}</span>
        <span class="nbt-dim">{section.metrics.length}</span>
      </button>
      {open && <Grid metrics={section.metrics} short={section.name !== ""} />}
    </section>
  );
}

function Grid({ metrics, short }: { metrics: readonly string[]; short: boolean }) {
  const box = useRef<HTMLDivElement>(null);
  const columns = useSignal(1);
  useLayoutEffect(() => {
    const look = () => (columns.value = columnsIn(box.current!.clientWidth));
    look();
    const sized = new ResizeObserver(look);
    sized.observe(box.current!);
    return () => sized.disconnect();
  }, []);
  return (
    <div class="nbt-panels" ref={box} style={{ gridTemplateColumns: `repeat(${columns.value}, minmax(0, 1fr))` }}>
      {metrics.map((metric) => (
        <Figure key={metric} metric={metric} short={short} among={metrics} columns={columns.value} />
      ))}
    </div>
  );
}

/** Every metric that one of the drawn runs has, in the table or already in the book. */
function metricsOf(state: State, { ids }: Drawn): string[] {
  const frame = state.frame.value;
  void state.seriesRev.value;
  const found = new Set<string>();
  for (const name of frame.columns.keys()) {
    if (!name.startsWith("metrics.")) continue;
    const metric = name.slice("metrics.".length);
    if (ids.some((id) => countOf(frame, id, metric) > 0)) found.add(metric);
  }
  for (const id of ids) for (const key of state.book.keys(id)) found.add(key);
  return [...found];
}
