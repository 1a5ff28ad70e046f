/** How high is a dashboard? As set by hand; all of the panel where it is the only thing in one; all of the screen on demand. */

import { useSignal, type ReadonlySignal } from "@preact/signals";
import type { RefObject } from "preact";
import { useEffect } from "preact/hooks";

/** JupyterLab's "Create New View for Output". */
const OUTPUT_PANEL = ".jp-LinkedOutputView";
const LEAST = 240;

/** px of the panel that the dashboard has for itself; null where it stands among cells. */
export function useRoomOfPanel(root: RefObject<HTMLElement | null>): ReadonlySignal<number | null> {
  const room = useSignal<number | null>(null);
  useEffect(() => {
    const panel = root.current!.closest<HTMLElement>(OUTPUT_PANEL);
    if (!panel) return undefined;
    const look = () => {
      const above = root.current!.getBoundingClientRect().top - panel.getBoundingClientRect().top + panel.scrollTop;
      room.value = Math.max(LEAST, Math.floor(panel.clientHeight - above - 6));
    };
    const sized = new ResizeObserver(look);
    sized.observe(panel);
    return () => sized.disconnect();
  }, []);
  return room;
}

export function toggleFullScreen(root: HTMLElement): void {
  const page = root.ownerDocument;
  if (page.fullscreenElement) void page.exitFullscreen();
  else void root.requestFullscreen().catch(() => undefined); // a frame may not be allowed to
}
