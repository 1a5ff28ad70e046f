/**
 * How do a mounted view and the kernel's model stay in step? The only file that knows the Jupyter model.
 *
 * Traits and messages go into `state` in their order of arrival; what the person changes goes back, debounced. Messages
 * are numbered by `rev`: those that a snapshot already includes are skipped, and a gap asks for everything anew.
 */

import { effect } from "@preact/signals";
import { merge, readFrame, type FrameHeader } from "./data/frame";
import { unpack } from "./data/pack";
import type { SeriesHeader } from "./data/series";
import type { WidgetModel } from "./page";
import { DEFAULT_STATUS, type Fields, type Status, type View } from "./protocol";
import { createRequests } from "./requests";
import type { Outlet } from "./state/outlet";
import { completeView, markViewSaved, type State } from "./state/state";

const WRITE_AFTER = 150; // ms of quiet before view and selection are written
const LOOK_EVERY_MS = 500; // at the kernel's connection
const MISSED_LOOKS = 2; // a connection that is made anew at once is no loss

type Listen = (event: string, callback: (...args: never[]) => void) => void;
type Message = ({ type: "rows" } & Fields<"rows">) | ({ type: "points" } & Fields<"points">);

export interface Ends {
  model: WidgetModel;
  /** The model that requests travel on, once there is one. */
  channel: () => WidgetModel | undefined;
  /** What the person changed before the model came: it goes up instead of being replaced. */
  touched: { view: boolean; selected: boolean };
}

/** Join until `signal` aborts. */
export function connect(state: State, { model, channel, touched }: Ends, signal: AbortSignal): void {
  let rev = -1;
  let stale = false; // a message was lost, so the next snapshot counts whatever its number
  let work = Promise.resolve();
  const inOrder = (job: () => Promise<void>) => {
    work = work.then(() => (signal.aborted ? undefined : job())).catch((error) => console.error("nbtrack:", error));
  };
  const requests = createRequests(state, model, channel, signal, async (bytes) => {
    inOrder(() => addSeries(state, bytes).then(() => undefined));
    await work;
  });

  async function snapshot(): Promise<void> {
    const status = { ...DEFAULT_STATUS, ...(model.get("status") as Status) };
    const [runs, series] = [model.get("packed_runs") as DataView, model.get("packed_series") as DataView];
    state.status.value = status;
    if (series?.byteLength) await addSeries(state, series);
    if (!runs?.byteLength || (status.rev <= rev && !stale)) return;
    stale = false;
    state.received.value = readFrame(await unpack<FrameHeader>(runs));
    rev = status.rev;
  }

  async function message(content: Message, buffers: DataView[]): Promise<void> {
    // Where an output holds the first of many runs, all of them are on their way, and the news of meanwhile with them.
    if (content.rev <= rev || (rev < 0 && state.received.peek().length > 0)) return;
    const lost = rev >= 0 && content.rev > rev + 1;
    rev = content.rev;
    if (content.type === "rows") {
      const news = readFrame(await unpack<FrameHeader>(buffers[0]));
      if (content.gone.length) state.book.forget(content.gone);
      state.received.value = merge(state.received.peek(), news, content.gone);
      state.status.value = { ...DEFAULT_STATUS, ...content.status };
    } else {
      const gaps = await addSeries(state, buffers[0]);
      if (gaps.length && !lost) requests.series(gaps);
    }
    if (lost) {
      stale = true;
      requests.resync();
    }
  }

  const listen: Listen = (event, callback) => {
    model.on(event, callback);
    signal.addEventListener("abort", () => model.off(event, callback));
  };
  listen("msg:custom", (content: Message, buffers: DataView[]) => {
    if (content.type === "rows" || content.type === "points") inOrder(() => message(content, buffers));
  });
  // The three travel in one update, and each has its own event: read them once.
  let asked = false;
  for (const name of ["packed_runs", "packed_series", "status"]) {
    listen(`change:${name}`, () => {
      if (asked) return;
      asked = true;
      inOrder(() => {
        asked = false;
        return snapshot();
      });
    });
  }
  inOrder(snapshot);
  inOrder(async () => requests.hello());
  const both = { model, channel, outlet: () => state.outlet, touched, listen, signal };
  bind(both, "view", state.view, completeView);
  bind(both, "selected", state.selected, (ids) => ids as readonly string[]);
  state.life.value = "live";
  followKernel(state, model, signal);
  signal.addEventListener("abort", () => {
    if (state.life.peek() !== "live") return;
    markViewSaved(state);
    state.life.value = "lost";
  });
}

async function addSeries(state: State, bytes: DataView | Uint8Array): Promise<[string, string][]> {
  const gaps = state.book.add(await unpack<SeriesHeader>(bytes));
  state.seriesRev.value++;
  return gaps;
}

/**
 * Set `state.life` by the kernel's connection, where the host tells it: a kernel that was shut down is lost, a busy one is
 * not.
 */
function followKernel(state: State, model: WidgetModel, signal: AbortSignal): void {
  const kernel = model.widget_manager?.kernel;
  if (!kernel) return;
  let missed = 0; // looks in a row without a connection
  const timer = setInterval(() => {
    const dead = kernel.isDisposed === true || kernel.status === "dead" || kernel.status === "terminating";
    missed = kernel.connectionStatus === "connected" || kernel.connectionStatus === undefined ? 0 : missed + 1;
    const life = dead || missed >= MISSED_LOOKS ? "lost" : "live";
    if (state.life.peek() === life) return;
    if (life === "lost") markViewSaved(state);
    state.life.value = life;
  }, LOOK_EVERY_MS);
  signal.addEventListener("abort", () => clearInterval(timer));
}

/** Both sides write; the last one wins. What the person did to a snapshot before the model came goes up. */
function bind<T extends View | readonly string[]>(
  { model, channel, outlet, touched, listen, signal }: Ends & { outlet: () => Outlet; listen: Listen; signal: AbortSignal },
  name: "view" | "selected",
  cell: { value: T; peek(): T },
  read: (raw: unknown) => T,
): void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const text = () => JSON.stringify(read(model.get(name)));
  let known = text();
  const write = () => {
    timer = undefined;
    known = JSON.stringify(cell.peek());
    model.set(name, cell.peek());
    // ipywidgets holds further changes of a model back until the kernel is idle; a request travels while a cell runs.
    if (channel()) void outlet().edit({ what: "set_view", value: JSON.stringify({ [name]: cell.peek() }) }, true).catch(() => undefined);
    else model.save_changes();
  };
  if (!touched[name]) cell.value = read(model.get(name));
  listen(`change:${name}`, () => {
    const now = text();
    if (now === known) return;
    clearTimeout(timer);
    known = now;
    cell.value = read(model.get(name));
  });
  const stop = effect(() => {
    const now = JSON.stringify(cell.value);
    clearTimeout(timer);
    if (now !== known) timer = setTimeout(write, WRITE_AFTER);
  });
  signal.addEventListener("abort", () => {
    stop();
    clearTimeout(timer);
  });
}
