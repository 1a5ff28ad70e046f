/** Mounts the dashboard in a plain page, for the browser tests of its parts: no Jupyter, no bridge. */

import { render } from "preact";
import { readFrame, type FrameHeader } from "../../src/data/frame";
import { unpack } from "../../src/data/pack";
import type { SeriesHeader } from "../../src/data/series";
import { DEFAULT_STATUS, type Status } from "../../src/protocol";
import { createState, setView, type Life } from "../../src/state/state";
import { App } from "../../src/ui/app";
import { styles } from "../../src/ui/styles";

interface Given {
  runs: string;
  series?: string;
  status: Partial<Status>;
  view: Parameters<typeof setView>[1];
  life: Life;
  shadow?: boolean;
}

async function bytes(base64: string): Promise<Uint8Array> {
  return new Uint8Array(await (await fetch(`data:application/octet-stream;base64,${base64}`)).arrayBuffer());
}

async function mount(host: HTMLElement, given: Given): Promise<void> {
  const root = given.shadow ? host.attachShadow({ mode: "open" }) : host;
  const style = document.createElement("style");
  style.textContent = styles;
  const place = document.createElement("div");
  root.append(style, place);
  const state = createState("dashboard");
  state.status.value = { ...DEFAULT_STATUS, loaded: true, ...given.status };
  state.received.value = readFrame(await unpack<FrameHeader>(await bytes(given.runs)));
  if (given.series) state.book.add(await unpack<SeriesHeader>(await bytes(given.series)));
  setView(state, given.view);
  state.life.value = given.life;
  render(<App state={state} />, place);
  Object.assign(window, { state, setView: (change: Parameters<typeof setView>[1]) => setView(state, change) });
}

Object.assign(window, { mount });
