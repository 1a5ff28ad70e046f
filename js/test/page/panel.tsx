/** A page that shows the panel over made-up runs: its settings come from the address, its state is `window.nbt`. */

import { render } from "preact";
import { setView } from "../../src/state/state";
import { ChartsView, CompareView, Panel, RunView } from "../../src/ui/panel";
import { styles } from "../../src/ui/styles";
import { answerFrom, asked as needs } from "./answers";
import { addPoints, syntheticState } from "./synthetic";

const asked = new URLSearchParams(location.search);
const number = (name: string, otherwise: number) => Number(asked.get(name) ?? otherwise);
const state = syntheticState({
  runs: number("runs", 3),
  points: number("points", 300),
  kind: asked.get("kind") === "chart" ? "chart" : "dashboard",
  extra: number("extra", 0),
  live: asked.get("life") !== "snapshot",
});
const selected = number("selected", 0);
state.selected.value = state.frame.value.ids.slice(0, selected);
setView(state, { tab: asked.get("tab") ?? "charts" });

if (state.life.value === "live") answerFrom(state);

const host = document.querySelector("#host")!;
const shadow = host.attachShadow({ mode: "open" });
const style = document.createElement("style");
style.textContent = styles;
const root = document.createElement("div");
root.className = "nbt-root nbt-alone";
shadow.append(style, root);
const views = { panel: Panel, charts: ChartsView, compare: CompareView, run: RunView };
const View = views[(asked.get("view") ?? "panel") as keyof typeof views];
render(<View state={state} />, root);
Object.assign(window, { nbt: { state, setView, addPoints, root, needs } });
