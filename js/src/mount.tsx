/** How does a view get onto the page, move with its output, and find its model? */

import { computed, effect } from "@preact/signals";
import { render } from "preact";
import { connect } from "./bridge";
import { canDock, dock, isDocked, keepNote, undock } from "./dock";
import { readFrame, type FrameHeader } from "./data/frame";
import { unpack, type Pack } from "./data/pack";
import type { SeriesHeader } from "./data/series";
import { page, type Mounted, type WidgetModel } from "./page";
import { DEFAULT_STATUS, type FrameKind, type Status } from "./protocol";
import { completeView, createState, markViewSaved, type State, setView } from "./state/state";
import { MOVED } from "./ui/host_focus";
import { styles } from "./ui/styles";
import { View } from "./view";
import { onReturn, rest, watch } from "./watch";

/** What a saved output carries. `runs` and `series` are packs in base64; both may be empty. */
export interface Saved {
  uid: string;
  display: string;
  group: string;
  frame_kind: FrameKind;
  view: unknown;
  selected: readonly string[];
  status: Status;
  runs: string;
  series: string;
}

/** Show an HTML output: from what it carries, and live as soon as its model is on the page. */
export async function mountOutput(place: HTMLElement, output: Saved): Promise<void> {
  const { views, models } = page();
  const saved = { ...output, ...savedView(output.display) };
  const there = views.get(saved.display) ?? new Set();
  views.set(saved.display, there);
  place.querySelector<HTMLElement>(".nbt-fallback")!.style.display = "none";
  // A re-rendered output is a new place for the DOM that lives already, so that scroll, focus and zoom stay.
  const moving = [...there].find((view) => !view.place.isConnected || view.place === place);
  if (moving) {
    moving.moveTo(place);
    if (!filled(models.get(saved.uid))) await moving.refresh(saved);
    return;
  }
  const view = open(place, saved.frame_kind);
  there.add(view);
  try {
    if (!filled(models.get(saved.uid))) await view.refresh(saved);
  } catch (error) {
    place.querySelector<HTMLElement>(".nbt-fallback")!.style.display = ""; // whoever loaded this says why
    throw error;
  }
  view.follow(saved.uid);
  watch(view, saved);
}

/** The newest view of this output: it is saved beside it, more often than the data. */
function savedView(display: string): Partial<Pick<Saved, "view" | "selected">> {
  const found = [...document.querySelectorAll(`script.nbt-view[data-for="${display}"]`)].at(-1)?.textContent;
  if (!found) return {};
  const { view, selected } = JSON.parse(found) as Pick<Saved, "view" | "selected">;
  return { view, selected };
}

/** Of many runs the first are in the output, and all of them come with the model somewhat later. */
const filled = (model: unknown): boolean => (((model as WidgetModel | undefined)?.get("packed_runs") as DataView | undefined)?.byteLength ?? 0) > 0;

/** Show a model as an ordinary widget view, until `signal` aborts. */
export function mountWidget(place: HTMLElement, model: WidgetModel, signal?: AbortSignal): void {
  const uid = model.get("uid") as string;
  place.classList.add("nbt-host");
  const view = open(place, model.get("frame_kind") as FrameKind);
  view.join(uid, model);
  // Saved widgets in a page of their own have models too, with no kernel behind them.
  void model.widget_manager?.get_model(uid).then((whole) => {
    if (whole?.comm_live === false) (view.state as State).life.value = "snapshot";
  });
  signal?.addEventListener("abort", () => view.close());
}

onReturn((place) => void mountOutput(place, { ...(JSON.parse(place.querySelector("script.nbt-data")!.textContent!) as Saved), ...rest(place) }));

interface Open extends Mounted {
  /** Join whatever model has this uid, now and later. */
  follow(uid: string): void;
  join(uid: string, model: WidgetModel | undefined): void;
}

function open(place: HTMLElement, kind: FrameKind): Open {
  const state = createState(kind);
  const root = rootElement(kind);
  place.append(root);
  let drawn = false;
  // Once the first rows are known: to draw an empty table before them takes as long as to draw them.
  const draw = () => {
    if (drawn) return;
    drawn = true;
    render(<View state={state} />, root.lastElementChild!);
    dress(root);
  };
  const closed = new AbortController();
  const untouched = baseline(state);
  let joined: { model: WidgetModel; leave: AbortController } | undefined;
  const view: Open = {
    state,
    root,
    place,
    moveTo(next) {
      this.place = next;
      if (isDocked(root)) return keepNote(next);
      const top = scrolls(root);
      next.append(root);
      for (const each of root.querySelectorAll(".nbt-root")) each.dispatchEvent(new Event(MOVED));
      dress(root);
      for (const [element, y, x] of top) element.scrollTo(x, y);
    },
    async refresh(data) {
      await show(state, data as Saved);
      untouched.mark();
      draw();
    },
    follow(uid) {
      const join = () => this.join(uid, page().models.get(uid) as WidgetModel | undefined);
      page().heard.addEventListener(uid, join, { signal: closed.signal });
      join();
    },
    join(uid, model) {
      if (model === joined?.model) return;
      joined?.leave.abort();
      joined = undefined;
      if (!model) return;
      const leave = new AbortController();
      joined = { model, leave };
      const channel = () => page().channels.get(uid) as WidgetModel | undefined;
      connect(state, { model, channel, touched: untouched.compare() }, leave.signal);
      untouched.mark();
      draw();
    },
    close() {
      closed.abort();
      joined?.leave.abort();
      stopDocking();
      undock(root, this.place);
      render(null, root.lastElementChild!);
      root.remove();
    },
  };
  const stopDocking = followDock(state, view);
  return view;
}

/** Beside the notebook while the view says so and a kernel is joined. */
function followDock(state: State, view: Open): () => void {
  const wanted = computed(() => state.kind === "dashboard" && state.view.value.docked && state.life.value === "live" && canDock());
  return effect(() => {
    if (wanted.value) dock(view.root, () => setView(state, { docked: false }));
    else undock(view.root, view.place);
  });
}

function rootElement(kind: FrameKind): HTMLElement {
  const root = document.createElement("div");
  root.className = `nbt-mount nbt-mount-${kind}`;
  const style = document.createElement("style"); // inside, because marimo shows widgets in a shadow tree
  style.textContent = styles;
  root.append(style, document.createElement("div"));
  return root;
}

/** Away from JupyterLab's variables the colours follow the reader's own preference. */
function dress(root: HTMLElement): void {
  const alone = !getComputedStyle(root).getPropertyValue("--jp-layout-color1");
  for (const each of root.querySelectorAll(".nbt-root")) each.classList.toggle("nbt-alone", alone);
}

/** Moving an element in the document forgets how far it was scrolled. */
function scrolls(root: HTMLElement): [Element, number, number][] {
  return [...root.querySelectorAll("*")]
    .filter((element) => element.scrollTop || element.scrollLeft)
    .map((element) => [element, element.scrollTop, element.scrollLeft]);
}

/** What the person has changed since the last mark. */
function baseline(state: State) {
  const now = () => ({ view: JSON.stringify(state.view.peek()), selected: JSON.stringify(state.selected.peek()) });
  let marked = now();
  return {
    mark() {
      marked = now();
    },
    compare() {
      const { view, selected } = now();
      return { view: view !== marked.view, selected: selected !== marked.selected };
    },
  };
}

async function show(state: State, saved: Saved): Promise<void> {
  const runs = await decode<FrameHeader>(saved.runs);
  const series = await decode<SeriesHeader>(saved.series);
  state.status.value = { ...DEFAULT_STATUS, ...saved.status };
  state.view.value = completeView(saved.view);
  state.selected.value = saved.selected;
  markViewSaved(state);
  if (runs) state.received.value = readFrame(runs);
  if (series) state.book.add(series);
  state.seriesRev.value++;
}

async function decode<Header>(base64: string): Promise<Pack<Header> | null> {
  return base64 ? unpack<Header>(Uint8Array.from(atob(base64), (c) => c.charCodeAt(0))) : null;
}
