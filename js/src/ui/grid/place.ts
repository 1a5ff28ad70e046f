/** What do the keys of the table act on? */

import type { Signal } from "@preact/signals";
import type { State } from "../../state/state";
import type { Best } from "./best";
import type { Layout } from "./layout";
import type { Bounds, Cursor, Held } from "./moves";
import type { Asked } from "./row_menu";

export interface Place {
  state: State;
  cursor: Signal<Held>;
  at: Cursor;
  bounds: Bounds;
  places: Layout;
  /** The column whose sheet is open. */
  sheet: Signal<string | null>;
  best: Best;
  /** The run whose menu is open. */
  menu: Signal<Asked | null>;
  /** The element of the cursor. */
  cell: () => HTMLElement | null;
}
