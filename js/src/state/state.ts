/**
 * What does one mounted view know? Signals, written by the bridge (kernel's side) and by the ui (the person's side).
 *
 * `state` never sees the Jupyter model: what must go to the kernel goes through `Outlet`, which the bridge fills in.
 */

import { batch, computed, signal, untracked, type ReadonlySignal, type Signal } from "@preact/signals";
import { directionOf, type Direction } from "../data/directions";
import { EMPTY, type Frame } from "../data/frame";
import { SeriesBook } from "../data/series";
import { DEFAULT_STATUS, DEFAULT_VIEW, type FrameKind, type Status, type View } from "../protocol";
import { createEdits, withEdits, type Edits } from "./edits";
import { nobody, type Outlet } from "./outlet";
import { createTable, nameOf, type Table } from "./table";

/** live: a kernel's model is joined · snapshot: showing what was saved · lost: the kernel went away while live. */
export type Life = "live" | "snapshot" | "lost";

export interface Editing {
  runs: readonly string[];
  what: "name" | "tags" | "note" | "color" | "purge";
}

export interface State {
  kind: FrameKind;
  /** The runs as the kernel told them last. */
  received: Signal<Frame>;
  /** The same with what the person changed since: what is shown. */
  frame: ReadonlySignal<Frame>;
  /** The histories, changed in place; `seriesRev` grows with each change. */
  book: SeriesBook;
  seriesRev: Signal<number>;
  status: Signal<Status>;
  view: Signal<View>;
  selected: Signal<readonly string[]>;
  /** The table's run ids in the order shown. */
  shown: ReadonlySignal<readonly string[]>;
  life: Signal<Life>;
  /** The view and selection, as JSON, that the notebook's file or the kernel holds. */
  savedView: Signal<string>;
  /** Without a kernel: the person has changed the view, and nothing can save that. */
  hasUnsavedView: ReadonlySignal<boolean>;
  /** How many requests wait for the kernel. */
  pending: Signal<number>;
  /** What was done last, for those who hear the page. */
  said: Signal<string>;
  outlet: Outlet;
  /** Changes to runs: those that wait, and what is said about the last one. */
  edits: Edits;
  pendingEdits: ReadonlySignal<ReadonlySet<string>>;
  /** What the dialog for changes is about; null while it is closed. */
  editing: Signal<Editing | null>;
  /** What the runs table shows, computed from the above. */
  table: Table;
}

export function createState(kind: FrameKind): State {
  const received = signal(EMPTY);
  const name = (id: string) => (frame.peek().rowOf.has(id) ? nameOf(frame.peek(), frame.peek().rowOf.get(id)!) : id.slice(0, 8));
  const edits = createEdits({ frame: received, outlet: () => whole.outlet, name });
  const frame = computed(() => withEdits(received.value, edits.waiting.value));
  const [view, selected, life] = [signal(DEFAULT_VIEW), signal<readonly string[]>([]), signal<Life>("snapshot")];
  const savedView = signal("");
  const state: Omit<State, "table" | "shown"> = {
    kind,
    received,
    frame,
    edits,
    pendingEdits: computed(() => new Set(edits.waiting.value.flatMap((wish) => wish.runs))),
    editing: signal(null),
    book: new SeriesBook(),
    seriesRev: signal(0),
    status: signal(DEFAULT_STATUS),
    view,
    selected,
    life,
    savedView,
    hasUnsavedView: computed(() => life.value !== "live" && savedView.value !== "" && savedView.value !== viewText({ view, selected })),
    pending: signal(0),
    said: signal(""),
    outlet: { need: nobody, edit: nobody },
  };
  const table = createTable(state);
  const whole: State = { ...state, table, shown: table.shown };
  return whole;
}

/** What of a view is saved, as text. */
const viewText = ({ view, selected }: Pick<State, "view" | "selected">): string => JSON.stringify([{ ...view.value, focus: null }, selected.value]);

/** From now on other settings than these are unsaved. */
export function markViewSaved(state: State): void {
  state.savedView.value = untracked(() => viewText(state));
}

/** A view as it came, from a kernel or a saved output of any version, with what it leaves out. */
export function completeView(raw: unknown): View {
  const given = (raw ?? {}) as Partial<View>;
  return {
    ...DEFAULT_VIEW,
    ...given,
    chart: { ...DEFAULT_VIEW.chart, ...given.chart },
    analyse: { ...DEFAULT_VIEW.analyse, ...given.analyse },
    compare: { ...DEFAULT_VIEW.compare, ...given.compare },
  };
}

/** The parts of a view that are merged one level down. */
type Parts = "chart" | "analyse" | "compare";

/** Change some of the view's settings. */
export function setView(
  state: State,
  change: Partial<Omit<View, Parts>> & { [K in Parts]?: Partial<View[K]> },
): void {
  const old = state.view.peek();
  batch(() => {
    state.view.value = {
      ...old,
      ...change,
      chart: { ...old.chart, ...change.chart },
      analyse: { ...old.analyse, ...change.analyse },
      compare: { ...old.compare, ...change.compare },
    };
  });
}

/** The view that the arguments of `dashboard(…)` ask for; without a kernel the default one. */
export function resetView(state: State): void {
  if (state.life.peek() === "live") {
    void state.outlet.edit({ what: "reset_view" }, true).catch(() => undefined);
    return;
  }
  batch(() => {
    state.view.value = DEFAULT_VIEW;
    state.selected.value = [];
  });
}

/** Which way is a metric better; null where nobody says. What was set in the table's header speaks everywhere. */
export const directionIn = ({ frame, view }: Pick<State, "frame" | "view">, metric: string): Direction | null =>
  directionOf(frame.value, view.value.directions, `metrics.${metric}`);

/** Why runs cannot be changed here; null where they can. */
export function whyNoEdits(state: State): string | null {
  if (state.life.value === "snapshot") return "This is a saved view: run its cell to change runs.";
  if (state.life.value === "lost") return "The kernel stopped: restart it and run the cell to change runs.";
  return state.status.value.store.read_only ? "This store is read-only." : null;
}
