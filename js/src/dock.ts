/** Shows a view beside the notebook: in the right half of the window, while the host's own page takes the left half. */

/** The page of JupyterLab 4 or Notebook 7; null in other hosts, and in a shadow tree. */
const hostPage = (): HTMLElement | null => document.querySelector<HTMLElement>("body > #main.lm-Widget");

export const canDock = (): boolean => hostPage() !== null;

interface Docked {
  panel: HTMLElement;
  note: HTMLElement;
  leave(): void;
}

let current: Docked | null = null;

export const isDocked = (root: HTMLElement): boolean => current !== null && current.panel.contains(root);

/** Moves `root` into the panel; `leave` is called when another view takes its place, or the person asks for it. */
export function dock(root: HTMLElement, leave: () => void): void {
  if (isDocked(root)) return;
  current?.leave();
  const panel = document.createElement("div");
  panel.className = "nbt-dock";
  panel.setAttribute("role", "complementary");
  panel.setAttribute("aria-label", "Dashboard beside the notebook");
  const note = noteOf(leave);
  root.before(note);
  panel.append(root);
  document.body.append(panel);
  current = { panel, note, leave };
  halve(true);
}

/** Puts the view back to where it was, or into `place` where its output was drawn anew. */
export function undock(root: HTMLElement, place: HTMLElement): void {
  if (!isDocked(root)) return;
  const { panel, note } = current!;
  current = null;
  note.remove();
  place.append(root);
  panel.remove();
  halve(false);
}

/** The output was drawn anew: it says there, too, where the view is. */
export function keepNote(place: HTMLElement): void {
  if (current) place.append(current.note);
}

function noteOf(leave: () => void): HTMLElement {
  const note = document.createElement("div");
  note.className = "nbt-dock-note";
  const back = document.createElement("button");
  back.type = "button";
  back.textContent = "Move it back here";
  back.addEventListener("click", leave);
  note.append("This dashboard is open beside the notebook. ", back);
  return note;
}

/** JupyterLab lays out its page when the window is resized. */
function halve(on: boolean): void {
  const main = hostPage();
  if (on) main?.style.setProperty("width", "50%", "important");
  else main?.style.removeProperty("width");
  window.dispatchEvent(new Event("resize"));
}
