/** In which order do the shown columns stand? Dragged with the mouse, or moved with alt and the arrows. */

import { useSignal } from "@preact/signals";
import { label, NAME } from "../../data/columns";
import type { State } from "../../state/state";
import { Icon } from "../icons";
import { hide, moveBefore, shift } from "./change";

export function Arranged({ state }: { state: State }) {
  const columns = state.table.columns.value.filter((name) => name !== NAME);
  const held = useSignal<string | null>(null);
  const over = useSignal<string | null>(null);
  return (
    <ol class="nbt-arranged" aria-label="Order of columns; alt and the arrow keys move one">
      {columns.map((name) => (
        <li
          key={name}
          class={over.value === name && held.value !== name ? "nbt-choice nbt-over" : "nbt-choice"}
          tabIndex={0}
          draggable
          onDragStart={(event) => {
            held.value = name;
            event.dataTransfer?.setData("text/plain", name);
          }}
          onDragOver={(event) => {
            event.preventDefault();
            over.value = name;
          }}
          onDragEnd={() => (held.value = over.value = null)}
          onDrop={(event) => {
            event.preventDefault();
            if (held.value) moveBefore(state, held.value, name);
            held.value = over.value = null;
          }}
          onKeyDown={(event) => {
            const by = event.key === "ArrowUp" ? -1 : event.key === "ArrowDown" ? 1 : null;
            if (by === null) return;
            event.preventDefault();
            event.stopPropagation();
            const element = event.currentTarget;
            if (event.altKey) {
              shift(state, name, by);
              requestAnimationFrame(() => element.focus());
            } else ((by < 0 ? element.previousElementSibling : element.nextElementSibling) as HTMLElement | null)?.focus();
          }}
        >
          <Icon name="grip" size={12} />
          <span class="nbt-ellipsis" title={name}>
            {label(name)}
          </span>
          <button
            class="nbt-plain"
            aria-label={`Hide ${label(name)}`}
            onClick={() => hide(state, [name])}
          >
            <Icon name="close" size={11} />
          </button>
        </li>
      ))}
    </ol>
  );
}
