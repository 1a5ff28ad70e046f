/** How do our keys and JupyterLab's stay out of each other's way? */

const OURS = new Set([
  "ArrowUp", "ArrowDown", "ArrowLeft", "ArrowRight", "Home", "End", "PageUp", "PageDown", "Enter", "Escape", "Tab",
  "F2", "Delete", "Backspace", "ContextMenu",
]); // prettier-ignore
const OURS_WITH_CTRL = new Set(["a", "c", "z", "Home", "End"]);
/** In a text field: what edits text or moves in it. */
const OURS_IN_TEXT = new Set(["a", "c", "v", "x", "z", "y", "Enter", "Backspace", "Delete", "ArrowLeft", "ArrowRight", "ArrowUp", "ArrowDown", "Home", "End"]); // prettier-ignore
const FIELDS = "input:not([type=checkbox]), select, textarea";

/**
 * JupyterLab listens on the document before the event comes down to us, and leaves alone what happens in an element with
 * data-lm-suppress-shortcuts. We are one step earlier, on the window, and set it for the keys that are ours: Lab keeps all
 * its others (Ctrl+S still saves the notebook). A letter is ours wherever in here it is typed: in Lab, D D deletes the cell.
 * The element that has the focus must bear it, not one around it: Lab's keys are for `:focus`, which it asks of that first.
 */
export function suppressLabShortcuts(root: HTMLElement): () => void {
  const view = root.ownerDocument.defaultView!;
  let marked: HTMLElement | null = null;
  const isField = (target: EventTarget | undefined) => target instanceof view.HTMLElement && target.matches(FIELDS);
  const listen = (event: KeyboardEvent) => {
    const path = event.composedPath();
    if (marked) delete marked.dataset["lmSuppressShortcuts"];
    marked = null;
    if (!path.includes(root)) return;
    const chord = event.ctrlKey || event.metaKey;
    const typing = isField(path[0]);
    const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
    const ours = chord ? (typing ? OURS_IN_TEXT : OURS_WITH_CTRL).has(key) : typing || event.key.length === 1 || OURS.has(event.key);
    if (!ours) return;
    // Outside a shadow tree only its host is seen.
    const tree = root.getRootNode();
    marked = tree instanceof view.ShadowRoot ? (tree.host as HTMLElement) : (path[0] as HTMLElement);
    marked.dataset["lmSuppressShortcuts"] = "true";
  };
  // JupyterLab 4.6 cancels new lines and undo in every field inside a cell, from a listener on the field.
  const keepInput = (event: InputEvent) => event.composedPath().includes(root) && event.stopPropagation();
  view.addEventListener("keydown", listen, true);
  view.addEventListener("beforeinput", keepInput, true);
  return () => {
    view.removeEventListener("keydown", listen, true);
    view.removeEventListener("beforeinput", keepInput, true);
  };
}
