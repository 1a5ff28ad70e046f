/** A button that opens a small sheet below itself. Escape or a click elsewhere closes it, and the focus goes back. */

import { useSignal } from "@preact/signals";
import type { ComponentChildren } from "preact";
import { useLayoutEffect, useRef } from "preact/hooks";

interface Props {
  label: string;
  button: ComponentChildren;
  /** The edge that the sheet shares with the button. */
  align?: "left" | "right";
  class?: string;
  children: (close: () => void) => ComponentChildren;
}

export function Popover({ label, button, align = "left", class: name = "", children }: Props) {
  const open = useSignal(false);
  const box = useRef<HTMLDivElement>(null);
  const close = () => {
    open.value = false;
    box.current?.querySelector<HTMLElement>("button")?.focus();
  };
  useLayoutEffect(() => {
    if (!open.value) return;
    const sheet = box.current!.querySelector<HTMLElement>(".nbt-sheet")!;
    sheet.querySelector<HTMLElement>("input, button, [tabindex='0']")?.focus({ preventScroll: true });
    const outside = (event: Event) => {
      if (!event.composedPath().includes(box.current!)) open.value = false;
    };
    const page = box.current!.ownerDocument;
    page.addEventListener("pointerdown", outside, true);
    return () => page.removeEventListener("pointerdown", outside, true);
  }, [open.value]);
  return (
    <div
      ref={box}
      class={`nbt-popover ${name}`}
      onFocusOut={({ relatedTarget }) => relatedTarget !== null && !box.current!.contains(relatedTarget as Node) && (open.value = false)}
      onKeyDown={(event) => {
        if (event.key !== "Escape" || !open.value) return;
        event.preventDefault();
        event.stopPropagation();
        close();
      }}
    >
      <button
        class="nbt-button"
        aria-haspopup="dialog"
        aria-expanded={open.value}
        aria-label={label}
        title={label}
        onClick={() => (open.value = !open.value)}
      >
        {button}
      </button>
      {open.value && (
        <div class={`nbt-sheet nbt-sheet-${align}`} role="dialog" tabIndex={-1} aria-label={label}>
          {children(close)}
        </div>
      )}
    </div>
  );
}
