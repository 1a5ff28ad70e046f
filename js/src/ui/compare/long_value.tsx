/** A value of the comparison. Of a long one that differs the words that differ are shown; a click shows those of the whole row. */

import type { Signal } from "@preact/signals";
import { useMemo } from "preact/hooks";
import { diffWords, excerpt, type Piece } from "../../data/diff";
import type { Value } from "../../data/compare";

/** Shorter values are shown whole. */
const LONG = 60;
const MOST = 90;
/** Words of longer texts are not compared. */
const MOST_COMPARED = 20_000;

/** What a value is told apart from: the baseline's, the first run's, or for the first run the next one that differs. */
export function pairOf(values: readonly Value[], place: number, base: number): string | null {
  const lead = values[Math.max(0, base)];
  const other = values[place] === lead ? values.find((value) => value !== lead && value !== null) : lead;
  return typeof other === "string" ? other : null;
}

interface Props {
  text: string;
  /** Another value, to mark the words in which this one differs; null where none is to be marked. */
  beside: string | null;
  /** Is the whole text shown, here and in the cells beside? */
  whole: Signal<boolean>;
}

export function LongValue({ text, beside, whole }: Props) {
  const pieces = useMemo(() => piecesOf(text, beside), [text, beside]);
  if (text.length <= LONG) return <span class="nbt-long">{text}</span>;
  const shown = whole.value ? pieces : shortened(pieces);
  const isCut = whole.value || shown !== pieces;
  return (
    <span class="nbt-long">
      {shown.map((piece) => (piece.changed ? <mark class="nbt-diff-word">{piece.text}</mark> : piece.text))}{" "}
      {isCut && (
        <button type="button" class="nbt-textlink" aria-expanded={whole.value} onClick={() => (whole.value = !whole.value)}>
          {whole.value ? "less" : "more"}
        </button>
      )}
    </span>
  );
}

function piecesOf(text: string, beside: string | null): Piece[] {
  if (beside === null || text.length <= LONG || text === beside || text.length + beside.length > MOST_COMPARED) return [{ text, changed: false }];
  return diffWords(beside, text)[1];
}

/** The changes with a few words around them, or the beginning where nothing changed. The same array where nothing is cut. */
function shortened(pieces: Piece[]): Piece[] {
  if (pieces.some(({ changed }) => changed)) {
    const found = excerpt(pieces);
    return found.some(({ text }, at) => text !== pieces[at].text) ? found : pieces;
  }
  const text = pieces.map((piece) => piece.text).join("");
  return text.length <= MOST ? pieces : [{ text: `${text.slice(0, MOST - 20)}…`, changed: false }];
}
