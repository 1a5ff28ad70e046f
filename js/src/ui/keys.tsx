/** Which keys are there? The list that "?" shows. */

import { useEffect, useRef } from "preact/hooks";
import { Icon } from "./icons";

const KEYS: [title: string, keys: [key: string, says: string][]][] = [
  [
    "Table",
    [
      ["↑ ↓ ← →", "move; on a name ← → fold and unfold"],
      ["Home End", "first and last column (Ctrl: first and last run)"],
      ["PgUp PgDn", "a page"],
      ["Space", "select or unselect the run"],
      ["Shift+↑ ↓", "select a range; Shift+Space from the last one"],
      ["Ctrl+A", "select all that are shown"],
      ["Ctrl+C", "copy the selected runs as a table"],
      ["Enter", "open the run"],
      ["m", "menu of the run (or the right button of the mouse)"],
      ["b", "to the best run: of the metric stood on, sorted by, or the first"],
      ["p h", "keep on top; hide in charts (of the selection, where the line is in it)"],
      ["F2 t n", "rename; tags; note (of the selection, where the line is in it)"],
      ["Delete", "delete; Ctrl+Z takes the last change back"],
    ],
  ],
  [
    "Headers (↑ from the first run)",
    [
      ["Enter", "sort: ascending, descending, not (Shift: by more columns)"],
      ["Alt+↓", "filter, colour, group; last, least, greatest of a metric"],
      ["Alt+← →", "move the column"],
      ["Alt+Shift+← →", "make it narrower, wider"],
      ["p", "keep the column in sight beside the names"],
    ],
  ],
  [
    "Anywhere",
    [
      ["/", "to the filter; there a word or /pattern/ and Enter search names"],
      ["Esc", "back to the table"],
      ["f", "full screen; Esc leaves it"],
      ["?", "this list"],
    ],
  ],
];

export function Keys({ close }: { close: () => void }) {
  const sheet = useRef<HTMLDivElement>(null);
  useEffect(() => {
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
