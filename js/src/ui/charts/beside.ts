/** Where does the list of values stand, so that it hides no line it speaks of? Beside the panel, else above or below it. */

export interface Area {
  left: number;
  top: number;
  right: number;
  bottom: number;
}

const GAP = 6;

/** The left and top corner of a list of that size. In the panel, away from the mouse, only where there is no room around. */
export function placeBeside(panel: Area, size: { width: number; height: number }, room: Area, mouse: { left: number; top: number }): { left: number; top: number } {
  const { width, height } = size;
  const within = (at: number, low: number, high: number) => Math.max(low, Math.min(at, high));
  const top = within(mouse.top - 20, room.top + GAP, room.bottom - height - GAP);
  if (panel.right + GAP + width <= room.right) return { left: panel.right + GAP, top };
  if (panel.left - GAP - width >= room.left) return { left: panel.left - GAP - width, top };
  const left = within(mouse.left - width / 2, room.left + GAP, room.right - width - GAP);
  if (panel.bottom + GAP + height <= room.bottom) return { left, top: panel.bottom + GAP };
  if (panel.top - GAP - height >= room.top) return { left, top: panel.top - GAP - height };
  const before = mouse.left > (panel.left + panel.right) / 2;
  return { left: before ? panel.left + GAP : panel.right - width - GAP, top };
}
