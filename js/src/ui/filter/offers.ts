/** What does the filter language offer at the caret, and how is it put to a person? */

import type { Frame } from "../../data/frame";
import { complete, placeAt, unitAt } from "../../query";
import { evaluate } from "../../state/filter";
import { nameFilter } from "../../state/quick";
import type { State } from "../../state/state";
import { num } from "../format";
import type { Offer } from "./list";

/** At most twenty, likeliest first, behind a search by name. `caret` is a place in the JavaScript string. */
export function offers(state: State, text: string, caret: number): Offer[] {
  return [...searchOffer(state, text), ...completions(state.table.frame.peek(), text, caret)];
}

/** Runs whose name has the word that was typed, or is found by the /pattern/; none where the text is more than that. */
export function searchOffer(state: State, text: string): Offer[] {
  const filter = nameFilter(text);
  const found = filter === null ? null : evaluate(state.table.frame.peek(), filter);
  if (!found?.mask) return [];
  const scope = state.table.scope.peek();
  const count = found.mask.reduce((sum, kept, row) => sum + (kept & scope[row]), 0);
  if (count === 0) return [];
  const word = text.trim();
  const label = word.startsWith("/") ? `Name matches ${word}` : `Name has “${word}”`;
  return [{ start: 0, end: text.length, insert: filter!, label, detail: counted(count), search: true }];
}

function completions(frame: Frame, text: string, caret: number): Offer[] {
  return complete(frame, text, placeAt(text, caret)).map((found) => ({
    start: unitAt(text, found.start),
    end: unitAt(text, found.end),
    insert: `${found.text} `,
    label: found.text,
    detail: [found.count > 0 ? counted(found.count) : "", examples(found.examples)].filter(Boolean).join(" · "),
  }));
}

const counted = (n: number): string => (n === 1 ? "1 run" : `${n.toLocaleString("en")} runs`);

/** A number's least and greatest value, or a text's commonest words. */
function examples(found: readonly (string | number)[]): string {
  if (found.length === 0) return "";
  if (typeof found[0] !== "number") return found.map(short).join(", ");
  const [least, greatest] = found as number[];
  if (greatest > 1e11) return ""; // times, which say nothing as numbers
  return least === greatest ? num(least) : `${num(least)} … ${num(greatest)}`;
}

const short = (word: string | number): string => (String(word).length > 16 ? `${String(word).slice(0, 15)}…` : String(word));
