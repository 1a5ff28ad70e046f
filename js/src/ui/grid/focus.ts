/** How does the focus stay with the cell of the cursor, whatever becomes of the element that had it? */

import type { Signal } from "@preact/signals";
import type { RefObject } from "preact";
import { useLayoutEffect, useRef } from "preact/hooks";
import type { Facts } from "./facts";
import { cellAt } from "./mouse";
import type { Cursor } from "./moves";
import { reach, type Scroll } from "./sight";

export interface Focus {
  /** Brings the cell of the cursor into sight and focuses it, once it is drawn. */
  show(): void;
  /** Brings a line into sight, and leaves the cursor where it is. */
  see(line: number): void;
  came(event: FocusEvent): void;
  went(event: FocusEvent): void;
}

/**
 * A run that is deleted, pinned or sorted elsewhere takes its element away, or leaves it to another run; so does a column
 * that is hidden. The keys would go to the notebook then, where D D deletes a cell.
 */
export function useFocus(box: RefObject<HTMLDivElement | null>, scroll: Signal<Scroll>, { spot, layout, pins }: Facts): Focus {
  const wanted = useRef(false);
  const held = useRef<Element | null>(null);
  useLayoutEffect(() => {
    const cell = cellAt(box.current!, spot.peek());
    const focused = (box.current!.getRootNode() as Document | ShadowRoot).activeElement;
    const lost = held.current !== null && (focused === null || !focused.isConnected || focused === focused.ownerDocument.body);
    const other = held.current !== null && focused === held.current && held.current !== cell;
    if (!wanted.current && !lost && !other) return;
    wanted.current = false;
    cell?.focus({ preventScroll: true });
  });
  const scrollTo = (at: Cursor) => {
    const change = reach(box.current!, at, layout.peek(), pins.peek());
    if (change) scroll.value = { ...scroll.peek(), ...change };
  };
  return {
    show() {
      wanted.current = true;
      scrollTo(spot.peek());
    },
    see: (line) => scrollTo({ line, column: 1 }),
    came({ target }) {
      held.current = (target as Element).matches("[data-column]") ? (target as Element) : null;
    },
    // Whoever leaves does so while nothing is drawn: the element stands still then, and this comes before any drawing.
    went({ target, relatedTarget }) {
      if (relatedTarget !== null) held.current = null;
      else queueMicrotask(() => (target as Element).isConnected && held.current === target && (held.current = null));
    },
  };
}
