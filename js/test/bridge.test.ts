/** The bridge, between a state and a model that behaves as anywidget's does. */

import { readFileSync } from "node:fs";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { connect } from "../src/bridge";
import type { WidgetModel } from "../src/page";
import { DEFAULT_STATUS, DEFAULT_VIEW } from "../src/protocol";
import { createState, setView, type State } from "../src/state/state";

const pack = (name: string) => new DataView(Uint8Array.from(readFileSync(`../tests/golden/${name}`)).buffer);

class Model implements WidgetModel {
  readonly sent: { [name: string]: unknown }[] = [];
  widget_manager?: NonNullable<WidgetModel["widget_manager"]>;
  saved = 0;
  private readonly listeners = new Map<string, Set<(...args: never[]) => void>>();
  constructor(private readonly traits: Record<string, unknown> = {}) {}
  get(name: string) {
    return this.traits[name];
  }
  set(name: string, value: unknown) {
    this.traits[name] = value;
    this.trigger(`change:${name}`);
  }
  save_changes() {
    this.saved++;
  }
  send(content: unknown) {
    this.sent.push(content as { [name: string]: unknown });
  }
  on(event: string, callback: (...args: never[]) => void) {
    this.listeners.set(event, (this.listeners.get(event) ?? new Set()).add(callback));
  }
  off(event: string, callback: (...args: never[]) => void) {
    this.listeners.get(event)?.delete(callback);
  }
  trigger(event: string, ...args: unknown[]) {
    for (const listener of [...(this.listeners.get(event) ?? [])]) listener(...(args as never[]));
  }
  get listening() {
    return [...this.listeners.values()].reduce((sum, each) => sum + each.size, 0);
  }
}

/** Many short waits, so that on a busy machine streams and timers have had their turns too. */
const settled = async () => {
  for (let turn = 0; turn < 12; turn++) await new Promise((go) => setTimeout(go, 20));
};
let state: State;
let model: Model;
let channel: Model;
let leave: AbortController;
const asked = (what: string) => channel.sent.filter((message) => message.what === what);

beforeEach(async () => {
  state = createState("dashboard");
  model = new Model({
    packed_runs: pack("pack_frame.bin"),
    packed_series: pack("pack_series.bin"),
    status: { ...DEFAULT_STATUS, loaded: true, rev: 5 },
    view: DEFAULT_VIEW,
    selected: [],
  });
  channel = new Model();
  leave = new AbortController();
  connect(state, { model, channel: () => channel, touched: { view: false, selected: false } }, leave.signal);
  await settled();
});
afterEach(() => leave.abort());

test("joining shows the traits, says live, and shakes hands once", () => {
  expect(state.frame.value.length).toBe(3);
  expect(state.book.get("a1", "loss")!.length).toBe(4);
  expect(state.life.value).toBe("live");
  expect(asked("hello")).toHaveLength(1);
  expect(state.pending.value).toBe(0);
});

test("what a person changes is written once it is quiet, and not sent back as news", async () => {
  setView(state, { filter: "m" });
  setView(state, { filter: "metrics.loss < 1" });
  state.selected.value = ["b2"];
  await vi.waitFor(() => expect(asked("set_view")).toHaveLength(2));
  const [view, selected] = asked("set_view").map((message) => JSON.parse(message.value as string) as Record<string, unknown>);
  expect((view.view as typeof DEFAULT_VIEW).filter).toBe("metrics.loss < 1");
  expect(selected).toEqual({ selected: ["b2"] });
  expect((model.get("view") as typeof DEFAULT_VIEW).filter).toBe("metrics.loss < 1");
  expect(model.get("selected")).toEqual(["b2"]);
  expect(model.saved).toBe(0); // a request travels while a cell runs, a trait waits
  expect(state.pending.value).toBe(0);
});

test("without a channel what a person changes is written into the traits", async () => {
  leave.abort();
  leave = new AbortController();
  connect(state, { model, channel: () => undefined, touched: { view: false, selected: false } }, leave.signal);
  setView(state, { filter: "metrics.loss < 1" });
  await vi.waitFor(() => expect(model.saved).toBe(1));
  expect((model.get("view") as typeof DEFAULT_VIEW).filter).toBe("metrics.loss < 1");
});

test("a kernel that was shut down is lost, a busy one is not", async () => {
  const kernel = { isDisposed: false, status: "busy", connectionStatus: "connected" };
  leave.abort();
  leave = new AbortController();
  model.widget_manager = { get_model: () => Promise.resolve({ comm_live: true }), kernel };
  connect(state, { model, channel: () => channel, touched: { view: false, selected: false } }, leave.signal);
  await new Promise((go) => setTimeout(go, 1300));
  expect(state.life.value).toBe("live");
  kernel.connectionStatus = "connecting";
  await vi.waitFor(() => expect(state.life.value).toBe("lost"), 2000);
  kernel.connectionStatus = "connected";
  await vi.waitFor(() => expect(state.life.value).toBe("live"), 2000);
  kernel.isDisposed = true;
  await vi.waitFor(() => expect(state.life.value).toBe("lost"), 2000);
});

test("a view set in Python is shown and not written back", async () => {
  model.set("view", { ...DEFAULT_VIEW, filter: "params.lr = '1'" });
  expect(state.view.value.filter).toBe("params.lr = '1'");
  await new Promise((go) => setTimeout(go, 250));
  expect(model.saved).toBe(0);
});

test("a message whose number is already included is skipped", async () => {
  const content = { type: "rows", rev: 5, gone: ["a1"], status: DEFAULT_STATUS };
  model.trigger("msg:custom", content, [pack("pack_frame.bin")]);
  await settled();
  expect(state.frame.value.ids).toContain("a1");
});

test("rows come and go in the order of their numbers", async () => {
  const status = { ...DEFAULT_STATUS, running: ["b2"] };
  model.trigger("msg:custom", { type: "rows", rev: 6, gone: [], status }, [pack("pack_frame_deflated.bin")]);
  model.trigger("msg:custom", { type: "points", rev: 7 }, [pack("pack_series.bin")]);
  await settled();
  expect(state.frame.value.length).toBe(3);
  expect(state.status.value.running).toEqual(["b2"]);
  expect(asked("resync")).toHaveLength(0);
});

test("a gap in the numbers asks for everything anew, and the answer counts though its number is known", async () => {
  model.trigger("msg:custom", { type: "points", rev: 9 }, [pack("pack_series.bin")]);
  await settled();
  expect(asked("resync")).toHaveLength(1);
  state.received.value = { ...state.frame.value, length: 0, ids: [], rowOf: new Map() };
  model.set("status", { ...DEFAULT_STATUS, rev: 9 });
  await settled();
  expect(state.frame.value.length).toBe(3);
});

test("a request waits for its answer, shown as pending, and its packs are in the book when it settles", async () => {
  const asking = state.outlet.need({ what: "series", runs: ["z9"] });
  expect(state.pending.value).toBe(1);
  const { id } = asked("series")[0];
  state.book.forget(["a1"]);
  channel.trigger("msg:custom", { type: "answer", id, error: "", body: null, more: true }, [pack("pack_series.bin")]);
  expect(state.pending.value).toBe(1);
  channel.trigger("msg:custom", { type: "answer", id, error: "", body: 7, more: false }, []);
  await expect(asking).resolves.toBe(7);
  await settled();
  expect(state.book.get("a1", "loss")!.length).toBe(4);
  expect(state.pending.value).toBe(0);
});

test("an error in the answer is the request's error", async () => {
  const asking = state.outlet.edit({ what: "rename", runs: ["a1"], value: "x" });
  const { id } = channel.sent.at(-1)!;
  channel.trigger("msg:custom", { type: "answer", id, error: "The store cannot be written.", body: null, more: false }, []);
  await expect(asking).rejects.toThrow("The store cannot be written.");
});

test("when the model goes, the view is lost, waiting requests end, and nothing listens any more", async () => {
  const asking = state.outlet.need({ what: "artifacts", runs: ["a1"], path: "" });
  leave.abort();
  await expect(asking).rejects.toThrow("went away");
  await expect(state.outlet.need({ what: "hello" })).rejects.toThrow("No kernel");
  expect(state.life.value).toBe("lost");
  expect(model.listening + channel.listening).toBe(0);
  expect(state.frame.value.length).toBe(3);
});

test("what was done to a snapshot before the model came goes up", async () => {
  const late = createState("dashboard");
  setView(late, { filter: "mine" });
  const other = new Model({ view: DEFAULT_VIEW, selected: ["a1"], status: DEFAULT_STATUS });
  connect(late, { model: other, channel: () => undefined, touched: { view: true, selected: false } }, leave.signal);
  await vi.waitFor(() => expect((other.get("view") as typeof DEFAULT_VIEW).filter).toBe("mine"));
  expect(late.selected.value).toEqual(["a1"]);
});
