/** Runs side by side: a column a run, what differs first to be seen. */

import { useComputed, useSignal } from "@preact/signals";
import { useEffect, useMemo } from "preact/hooks";
import { atStep } from "../../data/at";
import { compareRuns, type Group } from "../../data/compare";
import { directionOf } from "../../data/directions";
import { number } from "../../data/frame";
import { createHistories, type Histories } from "../../state/histories";
import { setView, type State } from "../../state/state";
import { Swatch } from "../charts/swatch";
import { drawnRuns, isLive, runName } from "../drawn";
import { lastSign, statusOf } from "../status";
import { CodeDiff } from "./code";
import { Controls, pickOf } from "./controls";
import { FilesBeside } from "./files";
import { Packages } from "./packages";
import { Section } from "./section";

/** More columns than this cannot be read. */
export const MOST_RUNS = 50;

export function CompareView({ state }: { state: State }) {
  const open = useSignal<ReadonlyMap<string, boolean>>(new Map());
  const histories = useMemo(() => createHistories(state), [state]);
  useEffect(() => () => histories.stop(), [histories]);
  const { differences, baseline } = state.view.value.compare;
  const kept = useComputed(() => state.selected.value.filter((id) => state.frame.value.rowOf.has(id))).value;
  const selected = kept.slice(0, MOST_RUNS);
  const ids = inOrder(selected, baseline);
  const groups = useComputed(() => groupsOf(state, histories)).value;
  if (ids.length === 0) return <p class="nbt-hint">Select two or more runs in the table to see them side by side.</p>;
  const base = baseline !== null ? ids.indexOf(baseline) : -1;
  const toggle = (group: Group) => (open.value = new Map(open.value).set(group.name, !isOpen(group)));
  const isOpen = (group: Group) => open.value.get(group.name) ?? !group.folded;
  const direction = (metric: string) => directionOf(state.frame.value, state.view.value.directions, `metrics.${metric}`);
  return (
    <div class="nbt-compare">
      <Controls state={state} ids={selected} notes={notesOf(state, histories, groups, ids.length, kept.length)} />
      <div class="nbt-compare-scroll" tabIndex={0} role="region" aria-label="Runs side by side">
        <table class="nbt-compare-table" style={{ "--nbt-runs": ids.length }}>
          <Head state={state} ids={ids} base={base} />
          {groups.map((group) => (
            <Section
              key={group.name}
              group={group}
              base={base}
              only={differences}
              open={isOpen(group)}
              toggle={() => toggle(group)}
              columns={ids.length}
              direction={direction}
            />
          ))}
          <Packages state={state} ids={ids} base={base} only={differences} />
        </table>
      </div>
      {ids.length > 1 && <CodeDiff state={state} ids={ids} />}
      <FilesBeside state={state} ids={ids} />
    </div>
  );
}

function Head({ state, ids, base }: { state: State; ids: readonly string[]; base: number }) {
  const { inks } = drawnRuns(state);
  const frame = state.frame.value;
  return (
    <thead>
      <tr>
        <th scope="col">
          <span class="nbt-sr">Name</span>
        </th>
        {ids.map((id, place) => (
          <th scope="col" key={id} class={place === base ? "nbt-baseline" : ""}>
            <button type="button" class="nbt-compare-run" title="Open this run" onClick={() => setView(state, { tab: "run", focus: id })}>
              <Swatch ink={inks.get(id)!} />
              <span class="nbt-run-chip-name">{runName(frame, id)}</span>
              {isLive(state, id) && <span class="nbt-pulse" title="running" style={{ color: inks.get(id)!.color }} />}
            </button>
            <div class="nbt-compare-id nbt-dim nbt-mono">
              {id.slice(0, 8)}
              {place === base && <span class="nbt-compare-tag">baseline</span>}
            </div>
          </th>
        ))}
      </tr>
    </thead>
  );
}

function groupsOf(state: State, histories: Histories): Group[] {
  const frame = state.frame.value;
  const { compare, directions } = state.view.value;
  const ids = inOrder(state.selected.value.filter((id) => frame.rowOf.has(id)).slice(0, MOST_RUNS), compare.baseline);
  const pick = pickOf(state);
  if (pick === "step") void [state.seriesRev.value, histories.rev.value];
  return compareRuns(frame, ids, {
    pick,
    step: compare.step,
    direction: (metric) => directionOf(frame, directions, `metrics.${metric}`),
    at: (run, metric) => {
      const series = state.book.get(run, metric);
      if (state.life.value === "live" && (!series || series.length < series.total)) {
        state.book.keep(run, metric);
        histories.want(run, metric, true, series?.replaced);
      }
      return series ? atStep(series, compare.step) : null;
    },
    experiments: new Map(state.status.value.experiments.map(({ id, name }) => [id, name])),
    status: (run) => statusOf(state, run),
    ended: (run) => lastSign(state, run) ?? number(frame, "end_time", frame.rowOf.get(run)!),
  });
}

function notesOf(state: State, histories: Histories, groups: readonly Group[], shown: number, selected: number): string[] {
  const notes: string[] = [];
  if (shown === 1) notes.push("Select another run to compare with.");
  if (selected > shown) notes.push(`Showing the first ${shown} of ${selected} selected runs.`);
  if (state.view.value.compare.differences) {
    const hidden = groups.reduce((sum, { rows }) => sum + rows.filter(({ differs }) => !differs).length, 0);
    if (hidden > 0) notes.push(`${hidden} equal rows hidden`);
  }
  if (pickOf(state) === "step") {
    void histories.rev.value;
    if (histories.waiting()) notes.push("Waiting for the kernel…");
    else if (state.life.value !== "live") notes.push("Only what was saved of the histories is here.");
  }
  return notes;
}

/** The baseline stands first. */
function inOrder(ids: readonly string[], baseline: string | null): string[] {
  return baseline !== null && ids.includes(baseline) ? [baseline, ...ids.filter((id) => id !== baseline)] : [...ids];
}
