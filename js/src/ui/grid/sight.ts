/** Which lines and columns are in sight, and which element of the page shows which line? */

import type { Lines } from "../../data/tree";
import { PINNED } from "../../data/tree";
import { HEADER, inSight, ROW, type Layout, type Place } from "./layout";
import type { Cursor } from "./moves";

export interface Scroll {
  top: number;
  left: number;
  width: number;
  height: number;
}

const SPARE = 4; // lines drawn beyond each edge
/** Pinned runs may take this share of the table; those beyond it scroll with the others. */
const MOST_PINNED = 0.4;

/** How many lines stay on top while the others scroll. */
export function stuck({ marks }: Lines, height: number): number {
  const most = Math.floor(((height - HEADER) * MOST_PINNED) / ROW);
  let n = 0;
  while (n < marks.length && n < most && marks[n] & PINNED) n++;
  return n;
}

/** The lines below the `pins` that stay on top. The line of the cursor stays in the page, so that it keeps the focus. */
export function linesInSight(total: number, pins: number, { top, height }: Scroll, at: Cursor): number[] {
  // As many wherever it stands, so that no line has to be made or thrown away on the way.
  const most = Math.ceil(height / ROW) + 1 + 2 * SPARE;
  const first = Math.max(pins, Math.min(pins + Math.floor(top / ROW) - SPARE, total - most));
  const last = Math.min(total, first + most);
  const lines = Array.from({ length: Math.max(0, last - first) }, (_, i) => first + i);
  if (at.line >= last && at.line < total) lines.push(at.line);
  else if (at.line >= pins && at.line < first) lines.unshift(at.line);
  return lines;
}

/** The places of the columns, that of the cursor with them. */
export function columnsInSight(layout: Layout, { left, width }: Scroll, at: Cursor): Place[] {
  const found = inSight(layout, left, width);
  const stood = at.column > layout.frozen ? layout.places[at.column - 1] : undefined;
  return stood && !found.includes(stood) ? [...found, stood] : found;
}

/**
 * Elements of lines that went out of sight show those that came into it, because writing into an element is several
 * times cheaper than making one. A line keeps its element, and with it the focus, as long as it is in sight.
 */
export class Slots {
  private held = new Map<string, number>();
  private sequence: number[] = [];

  /** The slot of each of the ids. */
  take(ids: readonly string[]): number[] {
    const next = new Map<string, number>();
    for (const id of ids) {
      const slot = this.held.get(id);
      if (slot !== undefined) next.set(id, slot);
    }
    const taken = new Set(next.values());
    let free = 0;
    for (const id of ids) {
      if (next.has(id)) continue;
      while (taken.has(free)) free++;
      next.set(id, free++);
    }
    this.held = next;
    return ids.map((id) => next.get(id)!);
  }

  /** In which order the elements stand in the page: that of the lines, or while they move, the one they have. */
  arranged(slots: readonly number[], moving: boolean): number[] {
    const at = new Map(slots.map((slot, i) => [slot, i]));
    this.sequence = moving ? [...new Set([...this.sequence.filter((slot) => at.has(slot)), ...slots])] : [...slots];
    return this.sequence.map((slot) => at.get(slot)!);
  }
}

/** Scroll so that the cell is in sight. Returns where it now stands, null where nothing had to move. */
export function reach(box: HTMLElement, at: Cursor, { places, frozen, sticky }: Layout, pins: number): { top: number; left: number } | null {
  const before = { top: box.scrollTop, left: box.scrollLeft };
  const y = (at.line - pins) * ROW;
  const height = box.clientHeight - HEADER - pins * ROW;
  if (at.line >= pins && y < box.scrollTop) box.scrollTop = y;
  else if (at.line >= pins && y + ROW > box.scrollTop + height) box.scrollTop = y + ROW - height;
  const place = at.column > frozen ? places[at.column - 1] : undefined;
  if (place && place.left < box.scrollLeft + sticky) box.scrollLeft = place.left - sticky;
  else if (place && place.left + place.width > box.scrollLeft + box.clientWidth) {
    box.scrollLeft = place.left + place.width - box.clientWidth;
  }
  const moved = before.top !== box.scrollTop || before.left !== box.scrollLeft;
  return moved ? { top: box.scrollTop, left: box.scrollLeft } : null;
}

const SETTLED = 200; // ms

/**
 * Names stay in sight while the table moves sideways by `position: sticky`. Each such element is a layer that Chromium
 * sorts anew in every frame, 30 ms of it for a screen of lines, so that it is switched on only for moves to the side.
 */
export function followSideways(box: HTMLElement): () => void {
  let left = box.scrollLeft;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const settle = () => {
    box.style.setProperty("--nbt-left", `${box.scrollLeft}px`);
    box.classList.remove("nbt-sideways");
  };
  const start = () => {
    box.classList.add("nbt-sideways");
    clearTimeout(timer);
    timer = setTimeout(settle, SETTLED);
  };
  const scrolled = () => {
    if (box.scrollLeft === left) return;
    left = box.scrollLeft;
    start();
  };
  const wheel = (event: WheelEvent) => (event.deltaX !== 0 || event.shiftKey) && start();
  // In the capturing phase, before lines are written: to ask where the box stands after that would lay all out twice.
  box.addEventListener("scroll", scrolled, { passive: true, capture: true });
  box.addEventListener("wheel", wheel, { passive: true });
  return () => {
    clearTimeout(timer);
    box.removeEventListener("scroll", scrolled, { capture: true });
    box.removeEventListener("wheel", wheel);
  };
}
