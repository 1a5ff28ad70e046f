/** Which histories are asked of the kernel, and which cannot be had? Each is asked once; many wishes make one request. */

import { effect, signal, type Signal } from "@preact/signals";
import type { State } from "./state";

export interface Histories {
  /** Say that these are wanted in full. Cheap to repeat. */
  want(run: string, key: string): void;
  /** waiting: asked, no answer yet · refused: no kernel, or it could not · settled: answered, or never asked. */
  standing(run: string, key: string): "waiting" | "refused" | "settled";
  /** Grows whenever a standing changes. */
  rev: Signal<number>;
  stop(): void;
}

/** Wishes of one moment travel together. */
const GATHER_MS = 30;

export function createHistories(state: State): Histories {
  const asked = new Map<string, Map<string, "waiting" | "refused" | "settled">>();
  const rev = signal(0);
  let wishes: [run: string, key: string][] = [];
  let timer: ReturnType<typeof setTimeout> | undefined;

  const mark = (pairs: [string, string][], standing: "refused" | "settled") => {
    for (const [run, key] of pairs) asked.get(run)?.set(key, standing);
    rev.value++;
  };
  const send = () => {
    timer = undefined;
    const pairs = wishes;
    wishes = [];
    for (const [keys, group] of byKeys(pairs)) {
      const ask = { what: "series" as const, runs: group.runs, keys };
      state.outlet.need(ask).then(
        () => mark(group.pairs, "settled"),
        () => mark(group.pairs, "refused"),
      );
    }
  };
  // A kernel that comes back is asked again.
  const stop = effect(() => {
    if (state.life.value !== "live") return;
    asked.clear();
    rev.value = rev.peek() + 1;
  });
  return {
    want(run, key) {
      let keys = asked.get(run);
      if (!keys) asked.set(run, (keys = new Map()));
      if (keys.has(key)) return;
      keys.set(key, "waiting");
      wishes.push([run, key]);
      timer ??= setTimeout(send, GATHER_MS);
    },
    standing: (run, key) => asked.get(run)?.get(key) ?? "settled",
    rev,
    stop() {
      clearTimeout(timer);
      stop();
    },
  };
}

/** Runs that want the same keys share a request. */
function byKeys(pairs: [string, string][]): Map<string[], { runs: string[]; pairs: [string, string][] }> {
  const keysOf = new Map<string, string[]>();
  for (const [run, key] of pairs) keysOf.set(run, [...(keysOf.get(run) ?? []), key]);
  const groups = new Map<string, { keys: string[]; runs: string[]; pairs: [string, string][] }>();
  for (const [run, keys] of keysOf) {
    const name = JSON.stringify(keys.sort());
    const group = groups.get(name) ?? { keys, runs: [], pairs: [] };
    group.runs.push(run);
    group.pairs.push(...keys.map((key): [string, string] => [run, key]));
    groups.set(name, group);
  }
  return new Map([...groups.values()].map(({ keys, ...group }) => [keys, group]));
}
