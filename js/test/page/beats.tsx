/**
 * A page for measuring: a dashboard joined to a model as Jupyter has them, to which messages come on a worker's clock,
 * whether or not the page keeps up. The packs are fetched from beside the page.
 */

import "../../src/loader";
import { mountWidget } from "../../src/mount";
import type { WidgetModel } from "../../src/page";

interface Given {
  view: unknown;
  selected: string[];
  status: unknown;
  /** Messages of rows and points, two a beat. */
  beats: number;
  every: number;
}

interface Beat {
  /** ms between the clock's beat and the first frame after the message was worked off. */
  lag: number[];
  frames: number;
  /** Pictures drawn by all canvases. */
  drawn: number;
  /** ms that tasks longer than 50 ms took beyond these, and the longest of them. */
  blocked: number;
  longest: number;
}

type Listener = (...args: unknown[]) => void;

const bytes = async (name: string) => new DataView(await (await fetch(`pack/${name}`)).arrayBuffer());
const wait = (ms: number) => new Promise((done) => setTimeout(done, ms));

let drawn = 0;
const clear = CanvasRenderingContext2D.prototype.clearRect;
CanvasRenderingContext2D.prototype.clearRect = function (...box) {
  drawn++;
  clear.apply(this, box);
};

async function start(given: Given) {
  const { view, selected, status } = given;
  const [packed_runs, packed_series] = [await bytes("runs"), await bytes("series")];
  const traits: Record<string, unknown> = { uid: "live", frame_kind: "dashboard", view, selected, status, packed_runs, packed_series };
  const listeners = new Map<string, Set<Listener>>();
  const model: WidgetModel = {
    get: (name) => traits[name],
    set: (name, value) => void (traits[name] = value),
    save_changes: () => undefined,
    send: () => undefined,
    on: (event, callback) => void listeners.set(event, (listeners.get(event) ?? new Set()).add(callback as Listener)),
    off: (event, callback) => void listeners.get(event)?.delete(callback as Listener),
  };
  mountWidget(document.querySelector<HTMLElement>("#host")!, model);
  const say = (content: unknown, buffer: DataView) => listeners.get("msg:custom")?.forEach((hear) => hear(content, [buffer]));
  const packs = await Promise.all(Array.from({ length: given.beats }, async (_, i) => [await bytes(`rows${i}`), await bytes(`points${i}`)]));
  return { say, packs };
}

let begun: { given: Given; say: (content: unknown, buffer: DataView) => void; packs: DataView[][] };

/** Shows what there is before the first beat. */
async function begin(given: Given): Promise<void> {
  begun = { given, ...(await start(given)) };
  await wait(2500);
}

async function measure(): Promise<Beat> {
  const { given, say, packs } = begun;
  const found: Beat = { lag: [], frames: 0, drawn: 0, blocked: 0, longest: 0 };
  new PerformanceObserver((list) => {
    for (const { duration } of list.getEntries()) {
      found.blocked += duration - 50;
      found.longest = Math.max(found.longest, duration);
    }
  }).observe({ type: "longtask" });
  const clock = new Worker(URL.createObjectURL(new Blob([`let n = 0; const t = setInterval(() => { postMessage(Date.now()); if (++n === ${given.beats}) clearInterval(t); }, ${given.every});`])));
  let going = true;
  const count = () => {
    found.frames++;
    if (going) requestAnimationFrame(count);
  };
  drawn = 0;
  requestAnimationFrame(count);
  await new Promise<void>((done) => {
    let beat = 0;
    clock.onmessage = ({ data: sent }: MessageEvent<number>) => {
      const [rows, points] = packs[beat];
      const rev = 2 * beat + 2;
      const last = ++beat === given.beats;
      say({ type: "rows", rev, gone: [], status: given.status }, rows);
      say({ type: "points", rev: rev + 1 }, points);
      setTimeout(() => requestAnimationFrame(() => {
        found.lag.push(Date.now() - sent);
        if (last) done();
      }));
    };
  });
  going = false;
  found.drawn = drawn;
  return found;
}

Object.assign(window, { begin, measure });
