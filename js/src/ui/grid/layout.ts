/** Where does each column stand, and how wide is it? */

import { groupOf, label, NAME } from "../../data/columns";
import type { Column, Frame, TextColumn } from "../../data/frame";
import { aligned, digitsOf, type Digits } from "../column_format";
import { brief } from "../format";
import { widthOf } from "./text_width";

export interface Place {
  name: string;
  left: number;
  width: number;
  /** How its numbers are written. */
  decimals: Digits;
  right: boolean;
  /** A metric with room for a sparkline beside its number. */
  spark: boolean;
}

export interface Layout {
  places: Place[];
  total: number;
  /** How many places stay in sight while the others move sideways: the names, and the columns pinned beside them. */
  frozen: number;
  /** The width of that part, the boxes included. */
  sticky: number;
  /** Some run has others under it: names leave room for the mark that folds them. */
  tree: boolean;
}

export const BOX = 52; // the box and the swatch
/** The names of the families, above the names of the columns. */
export const BAND = 18;
export const HEADER = BAND + 30;
export const ROW = 26;
const SPARK = 52;
/** Room for a mean and how far it spreads. */
const SPREAD: Record<string, number> = { sd: 132, ci: 132, minmax: 176 };
/** Room for a difference from the baseline. */
const DELTA = 66;
/** Room for how many values a group has in a column of texts. */
const VALUES = 84;
const MOST_TEXT = { roomy: 210, narrow: 110 };
const MOST_HEAD = 120;
/** Names take what they need between these, and at most this share of the room. */
const NAMES = { least: 190, most: 360, share: 0.28, narrow: 150 };
/** Beside the words of a heading: its padding, the mark of the order and the button for more. */
const HEAD_EXTRA = 52;
const CELL_EXTRA = 22;
const FIXED: Record<string, number> = { status: 98, start_time: 104, duration: 104, run_id: 250, experiment_id: 130 };
/** px that a number takes. */
const NUMBER = 74;
const SAMPLE = 300;
/** Columns pinned beside the names may take this share of the room; those beyond it move with the others. */
const MOST_PINNED = 0.65;

export interface Wishes {
  /** Set by hand, in px. */
  widths: Readonly<Record<string, number>>;
  /** Columns with sparklines. */
  sparks: ReadonlySet<string>;
  /** Columns to keep in sight beside the names, which they follow. */
  pinned: readonly string[];
  /** px that the table has. */
  room: number;
  /** Keep the names short and the status to its icon. */
  narrow: boolean;
  tree: boolean;
  /** Metrics show how far they are from a baseline's. */
  deltas?: boolean;
  /** Where runs are grouped: how it is written how far they spread. */
  spread: string | null;
}

export function layout(frame: Frame, columns: readonly string[], wishes: Wishes): Layout {
  const { widths, sparks, tree, spread } = wishes;
  const places = columns.map((name): Place => {
    const column = frame.columns.get(name);
    const spark = column?.kind === "metric" && sparks.has(name);
    const decimals = column && column.kind !== "text" ? digitsOf(column.values) : null;
    const least = spread === null ? 0 : leastOf(column, name, spread);
    const delta = wishes.deltas && groupOf(name) === "metrics" ? DELTA : 0;
    const width = widths[name] ?? Math.ceil(Math.max(least, natural(column, name, spark, wishes) + delta));
    return { name, left: 0, width, decimals, right: isRight(column, name), spark };
  });
  widen(places, frame, wishes);
  let left = BOX;
  for (const place of places) {
    place.left = left;
    left += place.width;
  }
  const frozen = frozenOf(places, wishes);
  const last = places[frozen - 1];
  return { places, total: left, frozen, sticky: last ? last.left + last.width : BOX, tree };
}

function leastOf(column: Column | undefined, name: string, spread: string): number {
  if (groupOf(name) === "metrics" || name === "duration") return SPREAD[spread] ?? SPREAD.sd;
  return column?.kind === "text" && groupOf(name) !== "attributes" ? VALUES : 0;
}

function frozenOf(places: readonly Place[], { pinned, room }: Wishes): number {
  let n = Math.min(1, places.length);
  const fits = ({ name, left, width }: Place) => pinned.includes(name) && left + width <= room * MOST_PINNED;
  while (n > 0 && n < places.length && fits(places[n])) n++;
  return n;
}

function isRight(column: Column | undefined, name: string): boolean {
  if (!column) return false;
  if (column.kind !== "text") return groupOf(name) === "metrics" || name === "duration";
  return groupOf(name) === "params" && column.words.length > 0 && column.words.slice(0, SAMPLE).every(isNumeric);
}

const isNumeric = (word: string): boolean => word !== "" && (!Number.isNaN(Number(word)) || /^[+-]?(nan|inf)$/i.test(word));

function natural(column: Column | undefined, name: string, spark: boolean, { narrow, room }: Wishes): number {
  if (name === NAME) return narrow ? NAMES.narrow : Math.max(NAMES.least, Math.min(NAMES.most, NAMES.share * room, needOf(column, name)));
  if (name === "status" && narrow) return 36;
  if (FIXED[name]) return FIXED[name];
  const head = Math.min(MOST_HEAD, widthOf(label(name)) + HEAD_EXTRA);
  const most = column?.kind === "text" ? MOST_TEXT[narrow ? "narrow" : "roomy"] : Infinity; // numbers are never cut
  const body = Math.min(most, needOf(column, name));
  return Math.max(64, head, body) + (spark ? Math.max(0, SPARK - Math.max(0, head - body)) : 0);
}

/** px that the cells of a column need to be read whole. */
function needOf(column: Column | undefined, name: string): number {
  if (column?.kind !== "text") return numeric(column);
  if (name === NAME) return longest(column, String) + 56; // with the mark of a pinned run and the button of the menu
  return longest(column, isRight(column, name) ? brief : String) + CELL_EXTRA;
}

/** Texts and headings that were cut take the room that is left. */
function widen(places: readonly Place[], frame: Frame, { widths, room }: Wishes): void {
  let left = room - BOX - places.reduce((sum, { width }) => sum + width, 0);
  for (const place of places) {
    if (left <= 0) return;
    if (widths[place.name] !== undefined || FIXED[place.name] || place.width <= 36) continue;
    const need = Math.max(needOf(frame.columns.get(place.name), place.name), widthOf(label(place.name)) + HEAD_EXTRA + (place.spark ? SPARK : 0));
    const more = Math.min(left, Math.max(0, Math.ceil(need) - place.width));
    place.width += more;
    left -= more;
  }
}

/** Room for the longest number as the column writes it. */
function numeric(column: Exclude<Column, TextColumn> | undefined): number {
  if (!column) return NUMBER;
  const digits = digitsOf(column.values);
  const stride = Math.max(1, Math.floor(column.values.length / SAMPLE));
  let most = 0;
  for (let row = 0; row < column.values.length; row += stride) most = Math.max(most, widthOf(aligned(column.values[row], digits)));
  return Math.max(NUMBER, most + CELL_EXTRA);
}

function longest(column: TextColumn, shown: (word: string) => string): number {
  let most = 0;
  for (const word of column.words.slice(0, SAMPLE)) most = Math.max(most, widthOf(shown(word)));
  return most;
}

export { aligned, digitsOf as decimalsOf };

/** The places that a window over the columns shows, those that always stay left out. */
export function inSight({ places, frozen, sticky }: Layout, left: number, width: number): Place[] {
  return places.slice(frozen).filter((place) => place.left + place.width > left + sticky - 200 && place.left < left + width + 200);
}

export const px = (length: number): string => `${length}px`;
