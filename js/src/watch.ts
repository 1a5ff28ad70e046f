/**
 * What becomes of a view whose output leaves the page, and of an output whose code leaves it? One look at all of them, now
 * and then.
 *
 * Jupyter does not tell an output that its cell was deleted, or only scrolled out of sight; both take it from the document.
 * After a while its view is let go, so that nothing of it stays; where the output comes back, it is mounted again.
 */

import { isDocked } from "./dock";
import { page, type Mounted } from "./page";
import type { State } from "./state/state";

const EVERY = 3000; // ms
const AWAY = 4; // looks that an output may be away; one that is being drawn anew is back at once
const MISSED = 2; // looks without the code before it is asked for

export interface Watched {
  uid: string;
  display: string;
  /** The outputs that share one copy of the code. */
  group: string;
}

interface Awake extends Watched {
  view: Mounted;
  away: number;
  missed: number;
  asking: boolean;
}

/** What a person had set up in an output that is away. */
type Rest = Partial<{ view: unknown; selected: readonly string[] }>;

const awake = new Set<Awake>();
const resting = new WeakMap<HTMLElement, Rest>();
let timer: ReturnType<typeof setInterval> | undefined;
let back: (place: HTMLElement) => void;
let returning: IntersectionObserver | undefined; // holds its elements weakly

/** How an output is mounted that has come back. */
export function onReturn(mount: (place: HTMLElement) => void): void {
  back = mount;
}

export function watch(view: Mounted, { uid, display, group }: Watched): void {
  awake.add({ uid, display, group, view, away: 0, missed: 0, asking: false });
  timer ??= setInterval(look, EVERY);
}

export const rest = (place: HTMLElement): Rest => resting.get(place) ?? {};

function look(): void {
  for (const each of awake) {
    each.away = each.view.place.isConnected || isDocked(each.view.root) ? 0 : each.away + 1;
    if (each.away >= AWAY) letGo(each);
    else if (!each.away) void keepCode(each);
  }
  if (awake.size) return;
  clearInterval(timer);
  timer = undefined;
}

function letGo(each: Awake): void {
  const { view, display } = each;
  const { place, root } = view;
  const state = view.state as State;
  awake.delete(each);
  const views = page().views.get(display);
  views?.delete(view);
  if (!views?.size) page().views.delete(display);
  place.style.minHeight = `${root.offsetHeight || state.view.peek().height}px`; // what is below it must not jump
  resting.set(place, { view: state.view.peek(), selected: state.selected.peek() });
  view.close();
  returning ??= new IntersectionObserver((seen) => {
    for (const { isIntersecting, target } of seen) if (isIntersecting) wake(target as HTMLElement);
  });
  returning.observe(place);
}

function wake(place: HTMLElement): void {
  returning!.unobserve(place);
  place.style.minHeight = "";
  back(place);
  resting.delete(place);
}

/** While live: where the output that holds the code for its group has gone from the page, have it in this one. */
async function keepCode(each: Awake): Promise<void> {
  const state = each.view.state as State;
  each.missed = document.querySelector(`script.nbt-front[data-for="${each.group}"]`) ? 0 : each.missed + 1;
  if (each.missed < MISSED || each.asking || state.life.peek() !== "live") return;
  each.asking = true;
  await state.outlet.need({ what: "front", path: each.display }).catch(() => undefined);
  each.asking = false;
  each.missed = 0;
}
