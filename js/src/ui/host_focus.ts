/**
 * Keeps the focus in the dashboard. Where a press finds nothing focusable the browser focuses what is around it, which in
 * JupyterLab is the notebook's cell: its command-mode keys (m, b, x, D D) would then change the notebook.
 *
 * The root and every sheet have tabindex -1, so that a press on words or on a gap focuses one of them. When the focused
 * element is removed or disabled the browser focuses nothing: then the sheet around it takes the focus, or the root. When
 * the whole dashboard moves, because its output was drawn anew, the element that had the focus has it again.
 */

/** The event that tells a root that it was moved in the page. */
export const MOVED = "nbt-moved";

const SHEETS = ".nbt-sheet, .nbt-keys, .nbt-menu-list";

export function keepFocus(root: HTMLElement): () => void {
  const tree = root.getRootNode() as Document | ShadowRoot;
  const view = root.ownerDocument.defaultView!;
  let focused: HTMLElement | null = null;
  let sheet: HTMLElement | null = null;
  const isUsable = (element: HTMLElement) => element.isConnected && !element.matches(":disabled");
  const came = (event: Event) => {
    focused = event.target as HTMLElement;
    sheet = focused.closest<HTMLElement>(SHEETS);
  };
  const went = (event: Event) => {
    const left = event.target as HTMLElement;
    // An element that is still usable lost the focus because the person went elsewhere.
    queueMicrotask(() => left === focused && isUsable(left) && (focused = null));
  };
  const check = () => {
    if (focused === null || isUsable(focused)) return;
    const active = tree.activeElement;
    focused = null;
    if (active !== null && active.isConnected && active !== root.ownerDocument.body && !active.matches(":disabled")) return;
    (sheet?.isConnected ? sheet : root).focus({ preventScroll: true });
  };
  const moved = () => {
    const active = tree.activeElement;
    const isNowhere = active === null || active === root.ownerDocument.body;
    if (focused !== null && isUsable(focused) && isNowhere) focused.focus({ preventScroll: true });
  };
  const changes = new view.MutationObserver(check);
  changes.observe(root, { childList: true, subtree: true, attributes: true, attributeFilter: ["disabled"] });
  root.addEventListener("focusin", came);
  root.addEventListener("focusout", went);
  root.addEventListener(MOVED, moved);
  return () => {
    changes.disconnect();
    root.removeEventListener("focusin", came);
    root.removeEventListener("focusout", went);
    root.removeEventListener(MOVED, moved);
  };
}
