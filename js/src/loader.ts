/**
 * How does one page evaluate the front end once, however many outputs and models carry it?
 *
 * This file is built apart and goes before the code in every output and every `_esm`, so it stays tiny and needs nothing.
 * `Symbol.for` makes the registry one per page, across versions of nbtrack; what it holds must not change its meaning.
 */

import type { Page } from "./page";

const page = ((globalThis as Record<symbol, unknown>)[Symbol.for("nbtrack.page")] ??= {
  fronts: new Map(),
  models: new Map(),
  channels: new Map(),
  views: new Map(),
  heard: new EventTarget(),
}) as Page;

/** The front end of this version; `code` is its gzipped module in base64. */
export function load(version: string, code: string): Promise<unknown> {
  let front = page.fronts.get(version);
  if (!front) page.fronts.set(version, (front = evaluate(code)));
  return front;
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

/** Mount the output whose script is running, or whichever of that display has not been mounted. */
export function output(script: Element | null, display: string): void {
  const all = [...document.querySelectorAll<HTMLElement>(`[data-nbtrack="${display}"]`)];
  const place = script?.closest<HTMLElement>("[data-nbtrack]") ?? all.find((place) => !place.dataset.mounted);
  if (!place) return;
  place.dataset.mounted = "yes";
  const text = (name: string) => place.querySelector(`script.nbt-${name}`)!.textContent!;
  const data = JSON.parse(text("data")) as { version: string };
  load(data.version, text("front").trim())
    .then((front) => (front as { mountOutput(place: HTMLElement, data: unknown): unknown }).mountOutput(place, data))
    .catch((error) => {
      const note = document.createElement("p");
      note.textContent = `nbtrack could not show the interactive view here (${error}). The table below is what was saved.`;
      place.prepend(note);
    });
}

interface Announced {
  get(name: string): unknown;
  on?(event: string, callback: () => void): void;
  widget_manager?: { get_model(id: string): Promise<{ comm_live?: boolean }> };
}

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
  signal?.addEventListener("abort", () => tell(false));
  // When a kernel restarts its models stay, cut off. The event does not say whether; the whole model, by its id, does.
  model.on?.("comm_live_update", () => {
    void model.widget_manager?.get_model(uid).then((whole) => tell(whole.comm_live !== false));
  });
}
