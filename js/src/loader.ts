/**
 * How does one page evaluate the front end once, and one notebook keep it once, however many outputs and models need it?
 *
 * This file is built apart and goes before the code in every output and every `_esm`, so it stays tiny and needs nothing.
 * `Symbol.for` makes the registry one per page, across versions of nbtrack; what it holds must not change its meaning.
 * A version begins with the number of the protocol: front ends of one protocol can read each other's outputs.
 */

import type { Page } from "./page";

const PATIENCE = 3000; // ms that an output waits for the output that holds the code before it says so

const page = ((globalThis as Record<symbol, unknown>)[Symbol.for("nbtrack.page")] ??= {
  fronts: new Map(),
  offers: new Map(),
  models: new Map(),
  channels: new Map(),
  views: new Map(),
  heard: new EventTarget(),
}) as Page;

/** Make the front end of a version known, without evaluating it; `code` is its gzipped module in base64. */
export function offer(version: string, code: string): void {
  if (page.offers.has(version)) return;
  page.offers.set(version, code);
  page.heard.dispatchEvent(new CustomEvent("front"));
}

/** The front end of this version, where it is known. */
export function load(version: string): Promise<unknown> | undefined {
  const code = page.offers.get(version);
  if (!page.fronts.has(version) && code) page.fronts.set(version, evaluate(code));
  return page.fronts.get(version);
}

async function evaluate(code: string): Promise<unknown> {
  const bytes = Uint8Array.from(atob(code), (c) => c.charCodeAt(0));
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
  const url = URL.createObjectURL(new Blob([await new Response(stream).text()], { type: "text/javascript" }));
  try {
    return await import(/* @vite-ignore */ url);
  } finally {
    URL.revokeObjectURL(url);
  }
}

/** The front end of this version, which another output may bring later; after some time any of the same protocol will do. */
function awaited(version: string, late: () => void): Promise<unknown> {
  return new Promise((resolve) => {
    let patient = true;
    const look = () => {
      const found = load(version) ?? (patient ? undefined : load([...page.offers.keys()].find((each) => alike(each, version)) ?? ""));
      if (!found) return false;
      page.heard.removeEventListener("front", look);
      resolve(found);
      return true;
    };
    if (look()) return;
    page.heard.addEventListener("front", look);
    setTimeout(() => {
      patient = false;
      if (!look()) late();
    }, PATIENCE);
  });
}

const alike = (one: string, other: string) => one.split("-")[0] === other.split("-")[0];

/** Mount the output whose script is running, or whichever of that display has not been mounted. */
export function output(script: Element | null, display: string): void {
  const all = [...document.querySelectorAll<HTMLElement>(`[data-nbtrack="${display}"]`)];
  const place = script?.closest<HTMLElement>("[data-nbtrack]") ?? all.find((place) => !place.dataset.mounted);
  if (!place) return;
  place.dataset.mounted = "yes";
  const data = JSON.parse(place.querySelector("script.nbt-data")!.textContent!) as { version: string };
  const code = place.querySelector("script.nbt-front")?.textContent?.trim();
  if (code) offer(data.version, code);
  let note: HTMLElement | undefined;
  const say = (text: string) => {
    note ??= place.insertBefore(document.createElement("p"), place.firstChild);
    note.textContent = `${text} The table below is what was saved.`;
  };
  awaited(data.version, () => say(MISSING))
    .then((front) => {
      note?.remove();
      return (front as { mountOutput(place: HTMLElement, data: unknown): unknown }).mountOutput(place, data);
    })
    .catch((error) => say(`nbtrack could not show the interactive view here (${error}).`));
}

const MISSING =
  "This notebook stores the dashboard's code in another output, which was deleted or is not rendered yet. " +
  "Scroll to it, or run this cell again to have it here.";

interface Announced {
  get(name: string): unknown;
  set(name: string, value: unknown): void;
  on?(event: string, callback: () => void): void;
  widget_manager?: { get_model(id: string): Promise<{ comm_live?: boolean }> };
}

// JupyterLab holds every closed model until its kernel connection goes: the comm's handler of `statusChanged` stays. So a
// model gives up what is large in it. A model remembers its values before the last change, so the first is named twice.
const HEAVY = ["_front", "packed_runs", "packed_series", "_front"];

/** An `initialize` that makes a model known under its `uid`; the front end listens. */
export function announce(kind: "models" | "channels", model: Announced, signal?: AbortSignal): void {
  const uid = model.get("uid") as string;
  const tell = (live: boolean) => {
    if (live === (page[kind].get(uid) === model)) return;
    if (live) page[kind].set(uid, model);
    else page[kind].delete(uid);
    page.heard.dispatchEvent(new CustomEvent(uid));
  };
  tell(true);
  signal?.addEventListener("abort", () => {
    tell(false);
    for (const name of HEAVY) model.set(name, null);
  });
  // When a kernel restarts its models stay, cut off. The event does not say whether; the whole model, by its id, does.
  model.on?.("comm_live_update", () => {
    void model.widget_manager?.get_model(uid).then((whole) => tell(whole.comm_live !== false));
  });
}
