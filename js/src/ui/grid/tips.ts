/** What does a cell say when the mouse rests on it? Written when it comes there: to write it into each line is dear. */

import { groupOf, NAME } from "../../data/columns";
import { text } from "../../data/frame";
import type { State } from "../../state/state";
import { nameOf } from "../../state/table";
import { dateTime } from "../format";
import { ABANDONED, statusOf, statusWords } from "../status";
import { experimentName } from "./cells";
import type { Facts } from "./facts";
import { spotOf } from "./mouse";

export interface Tips {
  /** The mouse came to an element. */
  over(event: MouseEvent): void;
  /** The lines move. */
  clear(): void;
}

export function createTips(state: State, facts: Facts): Tips {
  let told: Element | null = null;
  const clear = () => {
    told?.removeAttribute("title");
    told = null;
  };
  return {
    clear,
    over(event) {
      const cell = (event.target as Element).closest<HTMLElement>("[role=gridcell]");
      if (cell === told) return;
      clear();
      const spot = cell && spotOf(cell);
      const name = spot && facts.layout.peek().places[spot.column - 1]?.name;
      if (!cell || !spot || !name || state.table.idAt(spot.line) === null) return;
      const isCut = cell.scrollWidth > cell.clientWidth || name === NAME;
      const tip = tipOf(state, facts, state.table.lines.peek().rows[spot.line], name, isCut);
      if (!tip) return;
      cell.title = tip;
      told = cell;
    },
  };
}

function tipOf(state: State, facts: Facts, row: number, name: string, isCut: boolean): string | null {
  const frame = state.table.frame.peek();
  if (name === "run_name") return nameOf(frame, row);
  if (name === "duration") return null;
  if (name === "status") {
    const status = statusOf(state, frame.ids[row]);
    return status === ABANDONED ? "Not ended: its kernel stopped" : status && statusWords(status);
  }
  const column = frame.columns.get(name);
  if (!column) return null;
  if (column.kind === "text") {
    const said = name === "experiment_id" ? experimentName(state, text(frame, name, row)) : text(frame, name, row);
    return isCut ? said : null;
  }
  if (column.missing[row]) return null;
  if (name.endsWith("_time")) return dateTime(column.values[row]);
  const best = groupOf(name) === "metrics" && facts.best.peek().get(name)?.get(row);
  return best ? `${column.values[row]}: the best of ${best === "all" ? "these runs" : "its experiment"}` : String(column.values[row]);
}
