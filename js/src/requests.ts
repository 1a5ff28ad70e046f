/**
 * How does a view ask the kernel for something, and hear the answer?
 *
 * Requests go over a model of their own where there is one, because ipykernel keeps a model on which the running cell
 * publishes waiting until the cell ends. An answer may take as long as a cell; `pending` shows that.
 */

import type { WidgetModel } from "./page";
import type { Fields } from "./protocol";
import { nobody, type Ask, type Change, type Take } from "./state/outlet";
import type { State } from "./state/state";

type Answer = { type: "answer" } & Fields<"answer">;
interface Waiting {
  shown: boolean;
  take: Take;
  added: Promise<void>;
  resolve(body: unknown): void;
  reject(error: Error): void;
}

export interface Requests {
  hello(): void;
  resync(): void;
  series(wanted: [run: string, key: string][]): void;
}

const NOTHING = { runs: [], keys: [], path: "", width: 0, window: null };
let lastId = Math.floor(Math.random() * 1e9); // several views share one model: ids must differ among them

export function createRequests(
  state: State,
  model: WidgetModel,
  channel: () => WidgetModel | undefined,
  signal: AbortSignal,
  addSeries: (bytes: DataView) => Promise<void>,
): Requests {
  const waiting = new Map<number, Waiting>();
  const heard = new Set<WidgetModel>();

  const count = () => {
    state.pending.value = [...waiting.values()].filter(({ shown }) => shown).length;
  };
  const hear = (content: Answer, buffers: DataView[]) => {
    const waiter = content.type === "answer" ? waiting.get(content.id) : undefined;
    if (!waiter) return;
    if (buffers?.length) waiter.added = Promise.all([waiter.added, waiter.take(buffers[0])]).then(() => undefined);
    if (content.more) return;
    waiting.delete(content.id);
    count();
    if (content.error) waiter.reject(new Error(content.error));
    else waiter.added.then(() => waiter.resolve(content.body), waiter.reject);
  };

  function send(fields: object, shown = true, take: Take = addSeries): Promise<unknown> {
    const through = channel() ?? model;
    if (!heard.has(through)) {
      heard.add(through);
      through.on("msg:custom", hear);
    }
    const id = ++lastId;
    through.send({ ...fields, id });
    return new Promise((resolve, reject) => {
      waiting.set(id, { shown, take, added: Promise.resolve(), resolve, reject });
      count();
    });
  }

  state.outlet = {
    need: (ask: Ask, take?: Take, quiet = false) => send({ type: "need", ...NOTHING, ...ask }, !quiet, take),
    edit: (change: Change, quiet = false) => send({ type: "edit", runs: [], key: "", value: "", seen: null, ...change }, !quiet),
  };
  signal.addEventListener("abort", () => {
    state.outlet = { need: nobody, edit: nobody };
    state.pending.value = 0;
    for (const through of heard) through.off("msg:custom", hear);
    for (const waiter of waiting.values()) waiter.reject(new Error("The kernel went away before it answered."));
    waiting.clear();
  });

  const quietly = (ask: Ask) =>
    void send({ type: "need", ...NOTHING, ...ask }, false).catch((error) => {
      if (!signal.aborted) console.warn("nbtrack:", error);
    });
  let resyncing = false;
  return {
    hello: () => quietly({ what: "hello" }),
    resync() {
      if (resyncing) return;
      resyncing = true;
      void send({ type: "need", ...NOTHING, what: "resync" }, false)
        .catch(() => undefined)
        .then(() => (resyncing = false));
    },
    series: (wanted) =>
      quietly({ what: "series", runs: [...new Set(wanted.map(([run]) => run))], keys: [...new Set(wanted.map(([, key]) => key))] }),
  };
}
