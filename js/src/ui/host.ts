/** What does a view need inside a notebook's cell? Its own keys, and a focus that stays in it. */

import type { RefObject } from "preact";
import { useEffect } from "preact/hooks";
import { keepFocus } from "./host_focus";
import { suppressLabShortcuts } from "./shortcuts";

export function useHost(root: RefObject<HTMLElement | null>): void {
  useEffect(() => {
    const stops = [suppressLabShortcuts, keepFocus].map((start) => start(root.current!));
    return () => stops.forEach((stop) => stop());
  }, []);
}
