/** What does a click on a header make of an order? An order is a list of search_runs' keys, such as "metrics.loss ASC". */

import { parseKey, written } from "../query";
import { nameOf } from "../query/tree";

export interface Sorting {
  /** The name of the column in the frame. */
  name: string;
  descending: boolean;
}

/** The columns that an order speaks of; a key that cannot be read speaks of none. */
export function sortings(order: readonly string[]): (Sorting | null)[] {
  return order.map((clause) => {
    try {
      const { column, descending } = parseKey(clause);
      if (column.family === "bare") return null;
      const part = column.part && column.part !== "last" ? `.${column.part}` : "";
      return { name: nameOf(column) + part, descending };
    } catch {
      return null;
    }
  });
}

interface Spelling {
  /** How an order writes the column. */
  spelled: string;
  /** The greatest come first at the first click. */
  falling: boolean;
}

/** One way, the other way, none, as often as a column is clicked; `add` keeps the other keys. */
export function toggled(order: readonly string[], name: string, add: boolean, { spelled, falling }: Spelling = { spelled: written(name), falling: false }): string[] {
  const found = sortings(order);
  const at = found.findIndex((sorting) => sorting?.name === name);
  const [first, second] = falling ? ["DESC", "ASC"] : ["ASC", "DESC"];
  const next = at < 0 ? [`${spelled} ${first}`] : found[at]!.descending === falling ? [`${spelled} ${second}`] : [];
  if (!add) return next;
  return at < 0 ? [...order, ...next] : [...order.slice(0, at), ...next, ...order.slice(at + 1)];
}
