/** Which keys are there? The list that "?" shows. */

import { useLayoutEffect, useRef } from "preact/hooks";
import { Icon } from "./icons";

const KEYS: [title: string, keys: [key: string, says: string][]][] = [
  [
    "Table",
    [
      ["↑ ↓ ← →", "move; on a name ← → collapse and expand"],
      ["Home End", "first and last column (Ctrl: first and last run)"],
      ["PgUp PgDn", "a page"],
      ["Space", "select or unselect the run"],
      ["Shift+↑ ↓", "select a range; Shift+Space from the last one"],
      ["Ctrl+A", "select all shown runs"],
      ["Ctrl+C", "copy the selected runs as a table"],
      ["Enter", "open the run"],
      ["m", "menu of the run (or right click)"],
      ["b", "go to the best run (by the focused, the sorted or the main metric)"],
      ["p h", "pin; hide in charts (applies to the selection if this run is selected)"],
      ["F2 t n", "rename; tags; description (applies to the selection if this run is selected)"],
      ["Delete", "delete; Ctrl+Z undoes the last change"],
    ],
  ],
  [
    "Headers (↑ from the first run)",
    [
      ["Enter", "sort: best first, reverse, off (Shift: add a sort key)"],
      ["Alt+↓", "filter, color, group; last, min or max of a metric"],
      ["Alt+← →", "move the column"],
      ["Alt+Shift+← →", "make the column narrower, wider"],
      ["p", "pin the column beside the names"],
    ],
  ],
  [
    "Anywhere",
    [
      ["/", "focus the filter; a word or /pattern/ and Enter search names"],
      ["Esc", "focus the table"],
      ["f", "full screen; Esc leaves it"],
      ["?", "this list"],
    ],
  ],
];

export function Keys({ close }: { close: () => void }) {
  const sheet = useRef<HTMLDivElement>(null);
  useLayoutEffect(() => {
    const before = (sheet.current!.getRootNode() as ShadowRoot | Document).activeElement as HTMLElement | null;
    sheet.current!.querySelector("button")?.focus();
    return () => before?.focus({ preventScroll: true });
  }, []);
  return (
    <div
      ref={sheet}
      class="nbt-keys"
      role="dialog"
      tabIndex={-1}
      aria-label="Keys"
      onKeyDown={(event) => {
        if (event.key !== "Escape") return;
        event.preventDefault();
        event.stopPropagation();
        close();
      }}
    >
      <button class="nbt-plain nbt-keys-close" aria-label="Close" onClick={close}>
        <Icon name="close" />
      </button>
      {KEYS.map(([title, keys]) => (
        <section key={title}>
          <h3>{title}</h3>
          <dl>
            {keys.map(([key, says]) => (
              <div key={key}>
                <dt>{key}</dt>
                <dd>{says}</dd>
              </div>
            ))}
          </dl>
        </section>
      ))}
    </div>
  );
}
