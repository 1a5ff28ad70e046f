/** What do the panels of one chart view share? Zoom, hover, the run under the mouse, and one frame of animation for all. */

import { computed, signal, type ReadonlySignal, type Signal } from "@preact/signals";
import { createContext } from "preact";
import { useContext } from "preact/hooks";
import type { Extent } from "../../data/extent";
import { createDetails, type Details } from "../../state/details";
import { createHistories, type Histories } from "../../state/histories";
import { setView, type State } from "../../state/state";
import type { Ink } from "../color";
import { drawnRuns, type Drawn } from "../drawn";
import type { Area } from "./beside";
import type { Size } from "./sizes";
import { PLAIN, type Tokens } from "./theme";

export interface HoverRow {
  run: string;
  name: string;
  ink: Ink;
  /** The value shown: the smoothed one where there is smoothing, and `raw` beside it. */
  value: number;
  raw: number;
  /** Of the band around a group's mean. */
  range: [low: number, high: number] | null;
  /** How many runs of how many the mean is of. */
  runs: [n: number, of: number] | null;
}

export interface Hover {
  metric: string;
  x: number;
  /** Sorted by value, the largest first. */
  rows: HoverRow[];
  /** Where the mouse is on the screen. */
  at: { left: number; top: number };
  /** The panel on the screen. */
  panel: Area;
}

export interface Scene {
  state: State;
  /** The one run of these charts, or null for those of the selection. */
  only: string | null;
  /** The runs to draw; follows signals. */
  drawn(): Drawn;
  zoom: Signal<Extent | null>;
  hover: Signal<Hover | null>;
  /** The run pointed at, in a panel or in the legend. */
  pointed: Signal<string | null>;
  /** The panel shown big. */
  big: ReadonlySignal<string | null>;
  grow(panel: string | null): void;
  /** The panel that is being resized. */
  sizing: Signal<{ metric: string; size: Size } | null>;
  /** The columns whose equal values put runs together into one line. */
  groups(): readonly string[];
  /** Are they drawn as one line? */
  merged(): boolean;
  theme: Signal<Tokens>;
  histories: Histories;
  /** Parts of long histories in full. */
  details: Details;
  /** Call `draw` in the next frame of animation, once however often it is asked. */
  request(draw: () => void): void;
  /** No longer. */
  cancel(draw: () => void): void;
  stop(): void;
}

/** One frame draws about this long, the rest waits for the next; as long again is left for clicks and scrolling. */
const BUSY_MS = 40;
const MOST_REST_MS = 400;
/** Panels drawn in one frame, however long they take: a frame has costs of its own. */
const FEWEST = 3;

export function createScene(state: State, only: string | null): Scene {
  const waiting = new Set<() => void>();
  let frame = 0;
  let rested = 0; // when the page has had as much time for others as the last drawing took
  let each = 1; // ms that one panel takes, as far as known
  const flush = (now: number) => {
    frame = 0;
    if (now < rested) return schedule();
    const draws = [...waiting].slice(0, Math.max(FEWEST, Math.floor(BUSY_MS / each)));
    const begun = performance.now();
    for (const draw of draws) {
      waiting.delete(draw);
      draw();
    }
    // The canvas is painted after this; how long all took is seen when the next frame comes.
    requestAnimationFrame(() => {
      const took = performance.now() - begun;
      each = (each + took / draws.length) / 2;
      rested = took > BUSY_MS ? begun + Math.min(2 * took, took + MOST_REST_MS) : 0;
    });
    schedule();
  };
  const schedule = () => {
    if (waiting.size > 0) frame ||= requestAnimationFrame(flush);
  };
  const histories = createHistories(state);
  const details = createDetails(state);
  const own = signal<string | null>(null); // one run's charts have a big panel of their own
  const here = (column: string) => state.frame.value.columns.has(column);
  const groups = () => (only === null ? state.view.value.group.filter(here) : []);
  return {
    state,
    only,
    drawn: () => drawnRuns(state, only),
    zoom: signal(null),
    hover: signal(null),
    pointed: signal(null),
    sizing: signal(null),
    big: only === null ? computed(() => state.view.value.chart.big) : own,
    grow(panel) {
      if (only === null) setView(state, { chart: { big: panel } });
      else own.value = panel;
    },
    groups,
    merged: () => groups().length > 0 && state.view.value.chart.band !== "none",
    theme: signal(PLAIN),
    histories,
    details,
    request(draw) {
      waiting.add(draw);
      schedule();
    },
    cancel: (draw) => void waiting.delete(draw),
    stop() {
      cancelAnimationFrame(frame);
      waiting.clear();
      histories.stop();
      details.stop();
    },
  };
}

export const SceneContext = createContext<Scene | null>(null);

export function useScene(): Scene {
  return useContext(SceneContext)!;
}
