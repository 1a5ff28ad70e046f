/** Where a panel is taken to be put elsewhere: dragged by the mouse, or moved with the arrow keys. */

import { moved } from "../../data/sections";
import { setView, type State } from "../../state/state";
import { Grip } from "./icons";
import { useScene } from "./scene";

export function Handle({ metric, among }: { metric: string; among: readonly string[] }) {
  const { state } = useScene();
  if (among.length < 2) return null;
  const place = among.indexOf(metric);
  const by = { ArrowLeft: -1, ArrowUp: -1, ArrowRight: 1, ArrowDown: 1 } as Record<string, number>;
  return (
    <button
      type="button"
      class="nbt-tool nbt-grip"
      aria-label={`Move ${metric}: ${place + 1} of ${among.length}`}
      title="Drag, or press an arrow key, to move this panel"
      onPointerDown={(event) => drag(event, state, metric, among)}
      onKeyDown={(event) => {
        if (!by[event.key]) return;
        put(state, metric, among, place + by[event.key]);
        const handle = event.currentTarget;
        requestAnimationFrame(() => handle.focus()); // moving an element in the page takes the focus from it
        event.preventDefault();
        event.stopPropagation();
      }}
    >
      <Grip />
    </button>
  );
}

function put(state: State, metric: string, among: readonly string[], to: number): void {
  const { chart } = state.view.peek();
  const list = chart.formulas.includes(metric) ? "formulas" : chart.metrics ? "metrics" : "order";
  setView(state, { chart: { [list]: moved(list === "order" ? chart.order : [], among, metric, to) } });
  state.said.value = `${metric} is now ${Math.max(0, Math.min(among.length - 1, to)) + 1} of ${among.length}.`;
}

/** Follows the pointer until it is let go; what lies under it then says where to. */
function drag(start: PointerEvent & { currentTarget: HTMLElement }, state: State, metric: string, among: readonly string[]): void {
  const figure = start.currentTarget.closest<HTMLElement>("figure")!;
  const page = figure.getRootNode() as Document | ShadowRoot;
  const stop = new AbortController();
  let over: HTMLElement | null = null;
  const mark = (next: HTMLElement | null) => {
    over?.classList.remove("nbt-drop");
    over = next;
    over?.classList.add("nbt-drop");
  };
  const move = (event: PointerEvent) => {
    figure.classList.add("nbt-dragged");
    const under = page.elementFromPoint(event.clientX, event.clientY)?.closest<HTMLElement>("figure[data-panel]") ?? null;
    mark(under && under !== figure && among.includes(under.dataset.panel!) ? under : null);
  };
  const end = () => {
    const to = over?.dataset.panel;
    mark(null);
    figure.classList.remove("nbt-dragged");
    stop.abort();
    if (to !== undefined) put(state, metric, among, among.indexOf(to));
  };
  const { signal } = stop;
  document.addEventListener("pointermove", move, { signal });
  document.addEventListener("pointerup", end, { signal });
  document.addEventListener("pointercancel", end, { signal });
}
