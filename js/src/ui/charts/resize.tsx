/** The corner by which a panel is made wider or higher: dragged by the mouse, or moved with the arrow keys. */

import { setView } from "../../state/state";
import { Corner } from "./icons";
import { useScene, type Scene } from "./scene";
import { GAP, limited, PRESETS, resized, sizeOf, type Size } from "./sizes";

/** px of one press of a key. */
const STEP = 20;

export function Resize({ metric, columns }: { metric: string; columns: number }) {
  const scene = useScene();
  const { chart } = scene.state.view.value;
  const size = sizeOf(chart, metric);
  const wide = Math.min(size.columns, columns);
  return (
    <button
      type="button"
      class="nbt-tool nbt-corner"
      aria-label={`Resize ${metric}: ${wide} of ${columns} columns wide, ${size.height} pixels high`}
      title="Drag, or press an arrow key, to resize this panel; a double click gives it its usual size"
      onPointerDown={(event) => drag(event, scene, metric, columns)}
      onDblClick={() => put(scene, metric, PRESETS.S, columns)}
      onKeyDown={(event) => {
        const by = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -STEP], ArrowDown: [0, STEP] }[event.key];
        if (!by) return;
        put(scene, metric, { columns: Math.min(columns, wide + by[0]), height: size.height + by[1] }, columns);
        event.preventDefault();
        event.stopPropagation();
      }}
    >
      <Corner />
    </button>
  );
}

function put({ state }: Scene, metric: string, to: Size, of: number): void {
  setView(state, { chart: resized(state.view.peek().chart, metric, to) });
  const { columns, height } = sizeOf(state.view.peek().chart, metric);
  state.said.value = `${metric} is now ${Math.min(columns, of)} of ${of} columns wide and ${height} pixels high.`;
}

/** The panel follows the pointer; its size is kept when it is let go. */
function drag(start: PointerEvent & { currentTarget: HTMLElement }, scene: Scene, metric: string, of: number): void {
  if (start.button !== 0) return;
  const figure = start.currentTarget.closest<HTMLElement>("figure")!;
  const { width, height } = figure.getBoundingClientRect();
  const column = (figure.parentElement!.clientWidth + GAP) / of;
  const stop = new AbortController();
  const move = (event: PointerEvent) => {
    const columns = Math.round((width + event.clientX - start.clientX + GAP) / column);
    const size = limited({ columns: Math.min(of, columns), height: height + event.clientY - start.clientY });
    scene.sizing.value = { metric, size };
  };
  const end = () => {
    stop.abort();
    const made = scene.sizing.peek();
    scene.sizing.value = null;
    if (made) put(scene, metric, made.size, of);
  };
  const { signal } = stop;
  document.addEventListener("pointermove", move, { signal });
  document.addEventListener("pointerup", end, { signal });
  document.addEventListener("pointercancel", end, { signal });
  start.preventDefault();
  start.currentTarget.focus();
}
