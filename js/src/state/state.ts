/**
 * What does one mounted view know? Signals, written by the bridge (kernel's side) and by the ui (the person's side).
 *
 * `state` never sees the Jupyter model: what must go to the kernel goes through `Outlet`, which the bridge fills in.
 */

import { batch, signal, type ReadonlySignal, type Signal } from "@preact/signals";
import { EMPTY, type Frame } from "../data/frame";
import { SeriesBook } from "../data/series";
import { DEFAULT_STATUS, DEFAULT_VIEW, type Edit, type FrameKind, type Need, type Status, type View } from "../protocol";
import { createTable, type Table } from "./table";

/** live: a kernel's model is joined · snapshot: showing what was saved · lost: the kernel went away while live. */
export type Life = "live" | "snapshot" | "lost";

export interface Ask {
  what: Need;
  runs?: string[];
  keys?: string[];
  path?: string;
  /** Points wanted of each history; all of them without it. */
  width?: number;
}

export interface Change {
  what: Edit;
  runs: string[];
  key?: string;
  value?: string;
}

/** Where requests go. Without a kernel both reject with an Error that says so. */
export interface Outlet {
  need(ask: Ask): Promise<unknown>;
  edit(change: Change): Promise<unknown>;
}

export interface State {
  kind: FrameKind;
  frame: Signal<Frame>;
  /** The histories, changed in place; `seriesRev` grows with each change. */
  book: SeriesBook;
  seriesRev: Signal<number>;
  status: Signal<Status>;
  view: Signal<View>;
  selected: Signal<readonly string[]>;
  /** The table's run ids in the order shown. */
  shown: ReadonlySignal<readonly string[]>;
  life: Signal<Life>;
  /** How many requests wait for the kernel. */
  pending: Signal<number>;
  /** What was done last, for those who hear the page. */
  said: Signal<string>;
  outlet: Outlet;
  /** What the runs table shows, computed from the above. */
  table: Table;
}

export const nobody = (): Promise<never> => Promise.reject(new Error("No kernel is connected: this is a saved view."));

export function createState(kind: FrameKind): State {
  const state: Omit<State, "table" | "shown"> = {
    kind,
    frame: signal(EMPTY),
    book: new SeriesBook(),
    seriesRev: signal(0),
    status: signal(DEFAULT_STATUS),
    view: signal(DEFAULT_VIEW),
    selected: signal([]),
    life: signal<Life>("snapshot"),
    pending: signal(0),
    said: signal(""),
    outlet: { need: nobody, edit: nobody },
  };
  const table = createTable(state);
  return { ...state, table, shown: table.shown };
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
