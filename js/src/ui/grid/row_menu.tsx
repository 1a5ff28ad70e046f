/** What can be done with the runs of the line under the pointer, or of the line with the focus? */

import { useLayoutEffect, useRef } from "preact/hooks";
import { whyNoEdits, type State } from "../../state/state";
import { nameOf } from "../../state/table";
import { Items, type Item } from "../menu";
import { itemsFor, open } from "../run_acts";
import { put } from "../clipboard";
import { px } from "./layout";

/** `left` and `top` are places in the window. */
export interface Asked {
  runs: readonly string[];
  left: number;
  top: number;
}

export function RowMenu({ state, asked, close }: { state: State; asked: Asked; close: () => void }) {
  const sheet = useRef<HTMLDivElement>(null);
  useLayoutEffect(() => {
    const element = sheet.current!;
    fit(element, asked);
    element.querySelector<HTMLElement>("button:enabled")?.focus({ preventScroll: true });
    const page = element.ownerDocument;
    const outside = (event: Event) => !event.composedPath().includes(element) && close();
    page.addEventListener("pointerdown", outside, true);
    return () => page.removeEventListener("pointerdown", outside, true);
  }, [asked]);
  const { runs } = asked;
  const name = nameOf(state.frame.value, state.frame.value.rowOf.get(runs[0]) ?? 0);
  const title = runs.length > 1 ? `${runs.length.toLocaleString("en")} runs` : name;
  return (
    <div
      ref={sheet}
      class="nbt-sheet nbt-row-menu"
      role="dialog"
      tabIndex={-1}
      aria-label={`Actions on ${title}`}
      onKeyDown={(event) => {
        if (event.key !== "Escape" && event.key !== "Tab") return;
        event.preventDefault();
        event.stopPropagation();
        close();
      }}
    >
      <div class="nbt-dim nbt-more nbt-ellipsis">{title}</div>
      <Items items={[...(runs.length === 1 ? alone(state, runs[0]) : []), ...itemsFor(state, runs)]} close={close} says={whyNoEdits(state)} />
    </div>
  );
}

function alone(state: State, run: string): Item[] {
  return [
    { icon: "search", words: "Open", key: "Enter", does: () => open(state, run) },
    { icon: "copy", words: "Copy run ID", does: () => put(state, run, "the run ID") },
  ];
}

/** Where it was asked for, as far as it stays within the dashboard. */
function fit(element: HTMLElement, { left, top }: Asked): void {
  const root = element.closest(".nbt-root")!.getBoundingClientRect();
  const from = element.offsetParent!.getBoundingClientRect();
  const within = (at: number, low: number, high: number) => Math.max(low, Math.min(at, high));
  element.style.left = px(within(left, root.left + 4, root.right - element.offsetWidth - 4) - from.left);
  element.style.top = px(within(top, root.top + 4, root.bottom - element.offsetHeight - 4) - from.top);
}
