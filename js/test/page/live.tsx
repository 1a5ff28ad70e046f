/** Mounts an output as it is in a notebook, with requests going to `window.ask`: the kernel's own answers, without Jupyter. */

import { render } from "preact";
import { readFrame, type FrameHeader } from "../../src/data/frame";
import { unpack } from "../../src/data/pack";
import { mountWidget } from "../../src/mount";
import type { SeriesHeader } from "../../src/data/series";
import { DEFAULT_STATUS, type FrameKind, type Status } from "../../src/protocol";
import { completeView, createState, setView } from "../../src/state/state";
import { styles } from "../../src/ui/styles";
import { View } from "../../src/view";

interface Given {
  frame_kind: FrameKind;
  view: unknown;
  selected: string[];
  status: Status;
  runs: string;
  series: string;
}

declare const ask: (request: string) => Promise<string>;

const bytes = (base64: string) => Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));

async function mount(given: Given): Promise<void> {
  const state = createState(given.frame_kind);
  state.status.value = { ...DEFAULT_STATUS, ...given.status };
  state.view.value = completeView(given.view);
  state.selected.value = given.selected;
  state.received.value = readFrame(await unpack<FrameHeader>(bytes(given.runs)));
  if (given.series) state.book.add(await unpack<SeriesHeader>(bytes(given.series)));
  state.seriesRev.value++;
  state.life.value = "live";
  state.outlet.need = async (wanted, take) => {
    state.pending.value++;
    const answers = JSON.parse(await ask(JSON.stringify(wanted))) as { body: unknown; packed: string | null; error: string }[];
    state.pending.value--;
    for (const { packed, error } of answers) {
      if (error) throw new Error(error);
      if (packed && take) await take(new DataView(bytes(packed).buffer));
      else if (packed) state.book.add(await unpack<SeriesHeader>(bytes(packed)));
    }
    state.seriesRev.value++;
    return answers[answers.length - 1].body;
  };
  const style = document.createElement("style");
  style.textContent = styles;
  const root = document.createElement("div");
  document.body.append(style, root);
  render(<View state={state} />, root);
  for (const each of root.querySelectorAll(".nbt-root")) each.classList.add("nbt-alone");
  Object.assign(window, { nbt: { state, setView } });
}

/** What a page of saved widgets has: a model with all its traits, and no kernel behind it. */
function mountSaved(place: HTMLElement, given: Given): void {
  const packs = { packed_runs: new DataView(bytes(given.runs).buffer), packed_series: new DataView(bytes(given.series).buffer) };
  const traits: Record<string, unknown> = { uid: "saved", ...given, ...packs };
  const nothing = () => undefined;
  (globalThis as Record<symbol, unknown>)[Symbol.for("nbtrack.page")] = { channels: new Map() };
  mountWidget(place, {
    get: (name) => traits[name],
    set: (name, value) => (traits[name] = value),
    save_changes: nothing, send: nothing, on: nothing, off: nothing,
    widget_manager: { get_model: async () => ({ comm_live: false }) },
  });
}

Object.assign(window, { mount, mountSaved });
