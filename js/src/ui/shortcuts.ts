/** How do our keys and JupyterLab's stay out of each other's way? */

const OURS = new Set([
  "ArrowUp", "ArrowDown", "ArrowLeft", "ArrowRight", "Home", "End", "PageUp", "PageDown", "Enter", "Escape", "Tab",
  "F2", "Delete", "ContextMenu",
]); // prettier-ignore
const OURS_WITH_CTRL = new Set(["a", "c", "z", "Home", "End"]);

/**
 * JupyterLab listens on the document before the event comes down to us, and leaves alone what happens in an element with
 * data-lm-suppress-shortcuts. We are one step earlier, on the window, and set it for the keys that are ours: Lab keeps all
 * its others (Ctrl+S still saves the notebook). A letter is ours wherever in here it is typed: in Lab, D D deletes the cell.
 * The element that has the focus must bear it, not one around it: Lab's keys are for `:focus`, which it asks of that first.
 */
export function suppressLabShortcuts(root: HTMLElement): () => void {
  const view = root.ownerDocument.defaultView!;
  let marked: HTMLElement | null = null;
  const listen = (event: KeyboardEvent) => {
    const path = event.composedPath();
    if (marked) delete marked.dataset["lmSuppressShortcuts"];
    marked = null;
    if (!path.includes(root)) return;
    const chord = event.ctrlKey || event.metaKey;
    const typing = path[0] instanceof view.HTMLElement && path[0].matches("input:not([type=checkbox]), select, textarea");
    const ours = chord ? OURS_WITH_CTRL.has(event.key) || (typing && (/^[acvxzy]$/i.test(event.key) || event.key === "Enter")) : typing || event.key.length === 1 || OURS.has(event.key);
    // Outside a shadow tree only its host is seen.
    const rootNode = root.getRootNode();
    const seen = rootNode instanceof view.ShadowRoot ? (rootNode.host as HTMLElement) : (path[0] as HTMLElement);
    if (!ours) return;
    seen.dataset["lmSuppressShortcuts"] = "true";
    marked = seen;
  };
  view.addEventListener("keydown", listen, true);
  return () => view.removeEventListener("keydown", listen, true);
}
