/** Which parts of long histories are here in full, and which are asked of the kernel? Each view has one part a history. */

import { effect, signal, type Signal } from "@preact/signals";
import { around, suffices, beginningOf, type Detail, type Sight } from "../data/detail";
import { unpack } from "../data/pack";
import type { Series, SeriesHeader } from "../data/series";
import type { Window } from "../protocol";
import type { State } from "./state";

/** enough: as with all points · waiting: asked · refused: no kernel, or it could not. */
export type Resolution = "enough" | "waiting" | "refused";

export interface Details {
  /** The part of `series` that is here, and whether it does for what is `seen`; else it is asked for. */
  of(series: Series, seen: Sight, start: number | null): { detail: Detail | null; resolution: Resolution };
  /** Grows whenever an answer came. */
  rev: Signal<number>;
  stop(): void;
}

/** While a view moves, nothing is asked. */
const REST_MS = 120;

interface Wish {
  series: Series;
  sight: Sight;
  zero: number;
}

export function createDetails(state: State): Details {
  const here = new Map<string, Detail>();
  const underway = new Set<string>();
  const refused = new Map<string, Sight>();
  const wishes = new Map<string, Wish>();
  const rev = signal(0);
  let timer: ReturnType<typeof setTimeout> | undefined;
  const nameOf = ({ run, key }: Pick<Series, "run" | "key">) => `${run}\n${key}`;

  const ask = (alike: readonly Wish[]) => {
    const [{ series, sight }] = alike;
    const names = alike.map((wish) => nameOf(wish.series));
    const replaced = new Map(alike.map((wish) => [nameOf(wish.series), wish.series.replaced]));
    const take = async (bytes: DataView) => {
      for (const [run, detail] of await detailsIn(bytes, sight)) {
        const name = nameOf({ run, key: series.key });
        here.set(name, { ...detail, replaced: replaced.get(name) ?? 0 });
      }
    };
    names.forEach((name) => underway.add(name));
    const done = (failed: boolean) => {
      names.forEach((name) => (underway.delete(name), failed && refused.set(name, sight)));
      rev.value++;
    };
    const runs = alike.map((wish) => wish.series.run);
    state.outlet.need({ what: "range", runs, keys: [series.key], window: windowOf(alike) }, take).then(
      () => done(false),
      () => done(true),
    );
  };
  const send = () => {
    timer = undefined;
    const groups = new Map<string, Wish[]>();
    for (const [name, wish] of wishes) {
      if (underway.has(name)) continue; // the panel is drawn when the answer has come, and wishes again
      const alike = JSON.stringify([wish.series.key, { ...wish.sight, from: String(wish.sight.from), to: String(wish.sight.to) }]);
      groups.set(alike, [...(groups.get(alike) ?? []), wish]);
    }
    wishes.clear();
    for (const alike of groups.values()) ask(alike);
  };
  // A kernel that comes back is asked again.
  const stop = effect(() => {
    if (state.life.value !== "live") return;
    refused.clear();
    rev.value = rev.peek() + 1;
  });
  return {
    of(series, seen, start) {
      const name = nameOf(series);
      const detail = here.get(name) ?? null;
      const fresh = detail !== null && (detail.total >= series.total || (detail.replaced === series.replaced && !wentBack(series, detail)));
      if (fresh && suffices(detail, seen)) return { detail, resolution: "enough" };
      const useful = detail?.axis === seen.axis ? detail : null;
      const before = refused.get(name);
      if (before && before.from <= seen.from && before.to >= seen.to) return { detail: useful, resolution: "refused" };
      if (state.life.value !== "live") return { detail: useful, resolution: "refused" };
      const sight = around(seen);
      const again = wishes.get(name)?.sight;
      const same = again?.from === sight.from && again.to === sight.to;
      wishes.set(name, { series, sight, zero: seen.axis === "relative" ? beginningOf(series, start) : 0 });
      if (!same) clearTimeout(timer);
      if (!same || timer === undefined) timer = setTimeout(send, REST_MS);
      return { detail: useful, resolution: "waiting" };
    },
    rev,
    stop() {
      clearTimeout(timer);
      stop();
    },
  };
}

/** Have points come that stand before the end of the detail, as when a run goes on from an earlier step? */
function wentBack({ step, time, length }: Series, { axis, points }: Detail): boolean {
  const newest = axis === "step" ? step[length - 1] : time[length - 1];
  const end = (axis === "step" ? points.step : points.time)[points.length - 1];
  return points.length > 0 && newest <= end;
}

/** Relative time is seconds on the axis, and milliseconds on the wire. */
function windowOf(alike: readonly Wish[]): Window {
  const [{ sight }] = alike;
  const unit = sight.axis === "relative" ? 1000 : 1;
  const end = (x: number) => (Number.isFinite(x) ? x * unit : null);
  return {
    axis: sight.axis === "step" ? "step" : "time",
    log: sight.log,
    columns: sight.columns,
    spans: alike.map(({ zero }) => [end(sight.from), end(sight.to), zero]),
  };
}

async function detailsIn(bytes: DataView, sight: Sight): Promise<[run: string, detail: Omit<Detail, "replaced">][]> {
  const { header, arrays } = await unpack<SeriesHeader>(bytes);
  let start = 0;
  return header.chunks.map(({ run, n, total, whole }) => {
    const [step, time, value] = (arrays as Float64Array[]).map((array) => array.subarray(start, start + n));
    start += n;
    return [run, { ...sight, points: { step, time, value, length: n }, every: whole, total }];
  });
}
