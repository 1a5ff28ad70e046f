/** Where does each column stand, and how wide is it? */

import { groupOf, label, NAME } from "../../data/columns";
import type { Column, Frame, TextColumn } from "../../data/frame";
import { aligned, digitsOf, type Digits } from "../column_format";
import { brief } from "../format";

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
export const HEADER = 30;
export const ROW = 26;
const SPARK = 52;
/** Room for a mean and how far it spreads. */
const SPREAD: Record<string, number> = { sd: 132, ci: 132, minmax: 176 };
/** Room for how many values a group has in a column of texts. */
const VALUES = 84;
const CHARACTER = 7;
const FIXED: Record<string, number> = { status: 98, start_time: 104, duration: 104, run_id: 250, experiment_id: 130 };
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
  /** Where runs are grouped: how it is written how far they spread. */
  spread: string | null;
}

export function layout(frame: Frame, columns: readonly string[], wishes: Wishes): Layout {
  const { widths, sparks, narrow, tree, spread } = wishes;
  let left = BOX;
  const places = columns.map((name): Place => {
    const column = frame.columns.get(name);
    const spark = column?.kind === "metric" && sparks.has(name);
    const decimals = column && column.kind !== "text" ? digitsOf(column.values) : null;
    const least = spread === null ? 0 : leastOf(column, name, spread);
    const width = widths[name] ?? Math.max(least, natural(column, name, spark, narrow));
    const place = { name, left, width, decimals, right: isRight(column, name), spark };
    left += width;
    return place;
  });
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

function natural(column: Column | undefined, name: string, spark: boolean, narrow: boolean): number {
  if (name === NAME) return narrow ? 150 : 230;
  if (name === "status" && narrow) return 36;
  if (FIXED[name]) return FIXED[name];
  const head = label(name).length * CHARACTER + 34;
  const body = column?.kind === "text" ? longest(column, isRight(column, name) ? brief : String) * CHARACTER + 22 : numeric(column);
  const most = column?.kind === "text" ? (narrow ? 110 : 210) : 170; // where there is little room, metrics want to be seen
  return Math.min(most, Math.max(64, head, body)) + (spark ? Math.max(0, SPARK - Math.max(0, head - body)) : 0);
}

/** Room for the longest number as the column writes it. */
function numeric(column: Exclude<Column, TextColumn> | undefined): number {
  if (!column) return 74;
  const digits = digitsOf(column.values);
  const stride = Math.max(1, Math.floor(column.values.length / SAMPLE));
  let most = 0;
  for (let row = 0; row < column.values.length; row += stride) most = Math.max(most, aligned(column.values[row], digits).length);
  return Math.max(74, most * CHARACTER + 22);
}

function longest(column: TextColumn, shown: (word: string) => string): number {
  let most = 0;
  for (const word of column.words.slice(0, SAMPLE)) most = Math.max(most, shown(word).length);
  return most;
}

export { aligned, digitsOf as decimalsOf };

/** The places that a window over the columns shows, those that always stay left out. */
export function inSight({ places, frozen, sticky }: Layout, left: number, width: number): Place[] {
  return places.slice(frozen).filter((place) => place.left + place.width > left + sticky - 200 && place.left < left + width + 200);
}

export const px = (length: number): string => `${length}px`;
