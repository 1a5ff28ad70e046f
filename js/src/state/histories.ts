/** Which histories are asked of the kernel, and which cannot be had? Each is asked once; many wishes make one request. */

import { effect, signal, type Signal } from "@preact/signals";
import type { State } from "./state";

/** waiting: asked, no answer yet · refused: no kernel, or it could not · settled: answered. */
export type Standing = "unasked" | "waiting" | "refused" | "settled";

export interface Histories {
  /**
   * Say that a history is wanted: thinned for a first look, or `whole`. Cheap to repeat. What has been replaced since it
   * was asked for is asked for again: `replaced` tells how often it was.
   */
  want(run: string, key: string, whole: boolean, replaced?: number): void;
  standing(run: string, key: string): Standing;
  /** Is any of them on its way? */
  waiting(): boolean;
  /** Grows whenever a standing changes. */
  rev: Signal<number>;
  stop(): void;
}

/** Wishes of one moment travel together. */
const GATHER_MS = 30;
/** Points of a history for a first look: more than a screen has columns, twice, since extremes come in pairs. */
const COARSE = 4000;

interface Wish {
  whole: boolean;
  replaced: number;
  standing: Standing;
}

/** `points` of a history for a first look; `quiet` ones are not told as waiting. */
export function createHistories(state: State, { points = COARSE, quiet = false } = {}): Histories {
  const asked = new Map<string, Map<string, Wish>>();
  const rev = signal(0);
  let wishes: [run: string, key: string][] = [];
  let timer: ReturnType<typeof setTimeout> | undefined;

  const mark = (pairs: [string, string][], standing: Standing) => {
    for (const [run, key] of pairs) {
      const wish = asked.get(run)?.get(key);
      if (wish) wish.standing = standing;
    }
    rev.value++;
  };
  const send = () => {
    timer = undefined;
    const pairs = wishes;
    wishes = [];
    const isWhole = ([run, key]: [string, string]) => asked.get(run)?.get(key)?.whole ?? false;
    const requests = [
      ...byKeys(pairs.filter(isWhole)).map((request) => ({ ...request, width: {} })),
      ...byKeys(pairs.filter((pair) => !isWhole(pair))).map((request) => ({ ...request, width: { width: points } })),
    ];
    for (const { runs, keys, pairs, width } of requests) {
      state.outlet.need({ what: "series", runs, keys, ...width }, undefined, quiet).then(
        () => mark(pairs, "settled"),
        () => mark(pairs, "refused"),
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
    want(run, key, whole, replaced = 0) {
      let keys = asked.get(run);
      if (!keys) asked.set(run, (keys = new Map()));
      const known = keys.get(key);
      if (known && isAsked(known, whole, replaced)) return;
      keys.set(key, { whole, replaced, standing: "waiting" });
      wishes.push([run, key]);
      timer ??= setTimeout(send, GATHER_MS);
    },
    waiting: () => [...asked.values()].some((keys) => [...keys.values()].some(({ standing }) => standing === "waiting")),
    standing: (run, key) => asked.get(run)?.get(key)?.standing ?? "unasked",
    rev,
    stop() {
      clearTimeout(timer);
      stop();
    },
  };
}

/** Ask for every point of a metric that is not here. False where some cannot be had. */
export async function fetchWhole(state: State, key: string, runs: readonly string[]): Promise<boolean> {
  const lacking = () => runs.filter((run) => isLacking(state, run, key));
  const wanted = lacking();
  if (wanted.length === 0) return true;
  await state.outlet.need({ what: "series", runs: wanted, keys: [key] }).catch(() => undefined);
  return lacking().length === 0;
}

/** Are not all of its points here, though there are some? */
export function isLacking({ book, frame }: State, run: string, key: string): boolean {
  const series = book.get(run, key);
  if (series) return series.length < series.total;
  const column = frame.peek().columns.get(`metrics.${key}`);
  const row = frame.peek().rowOf.get(run);
  return column?.kind === "metric" && row !== undefined && !column.missing[row];
}

function isAsked(known: Wish, whole: boolean, replaced: number): boolean {
  return !whole || (known.whole && (known.standing === "waiting" || known.replaced === replaced));
}

interface Request {
  runs: string[];
  keys: string[];
  pairs: [run: string, key: string][];
}

/** Runs that want the same keys share a request. */
function byKeys(pairs: [run: string, key: string][]): Request[] {
  const keysOf = new Map<string, Set<string>>();
  for (const [run, key] of pairs) keysOf.set(run, (keysOf.get(run) ?? new Set()).add(key));
  const requests = new Map<string, Request>();
  for (const [run, set] of keysOf) {
    const keys = [...set].sort();
    const name = JSON.stringify(keys);
    const request = requests.get(name) ?? { runs: [], keys, pairs: [] };
    request.runs.push(run);
    request.pairs.push(...keys.map((key): [string, string] => [run, key]));
    requests.set(name, request);
  }
  return [...requests.values()];
}
