/** When do the lines rest, so that their elements may be put into the order of the page, which screen readers follow? */

import { signal, type ReadonlySignal } from "@preact/signals";

const AFTER = 250; // ms

export interface Still {
  moving: ReadonlySignal<boolean>;
  /** The lines have moved. */
  moved(box: HTMLElement): void;
}

/** An element that is moved in the page loses the focus, so that nothing is put in order while somebody stands on a line. */
export function createStill(): Still {
  const moving = signal(false);
  let timer: ReturnType<typeof setTimeout> | undefined;
  const rest = (box: HTMLElement) => {
    const root = box.getRootNode() as Document | ShadowRoot;
    if (root.activeElement?.closest(".nbt-lines")) timer = setTimeout(rest, 4 * AFTER, box);
    else moving.value = false;
  };
  return {
    moving,
    moved(box) {
      moving.value = true;
      clearTimeout(timer);
      timer = setTimeout(rest, AFTER, box);
    },
  };
}
