/** Where does each column stand, and how wide is it? */

import { groupOf, label, NAME } from "../../data/columns";
import type { Column, Frame, TextColumn } from "../../data/frame";
import { num } from "../format";

export interface Place {
  name: string;
  left: number;
  width: number;
  /** How its numbers are written, so that their points stand below each other. */
  decimals: number | null;
  right: boolean;
  /** A metric with room for a sparkline beside its number. */
  spark: boolean;
}

export interface Layout {
  places: Place[];
  total: number;
  /** The part on the left that stays in sight: the boxes and the names. */
  sticky: number;
  /** Some run has others under it: names leave room for the mark that folds them. */
  tree: boolean;
}

export const BOX = 52; // the box and the swatch
export const HEADER = 30;
export const ROW = 26;
const SPARK = 52;
const SPREAD = 128; // a mean and its deviation
const CHARACTER = 7;
const FIXED: Record<string, number> = { status: 98, start_time: 104, duration: 104, run_id: 250, experiment_id: 130 };
const SAMPLE = 300;

export interface Wishes {
  /** Set by hand, in px. */
  widths: Readonly<Record<string, number>>;
  /** Columns with sparklines. */
  sparks: ReadonlySet<string>;
  /** Keep the names short and the status to its icon. */
  narrow: boolean;
  tree: boolean;
  /** Runs are grouped: numbers are written with how far they spread. */
  grouped: boolean;
}

export function layout(frame: Frame, columns: readonly string[], { widths, sparks, narrow, tree, grouped }: Wishes): Layout {
  let left = BOX;
  const places = columns.map((name): Place => {
    const column = frame.columns.get(name);
    const spark = column?.kind === "metric" && sparks.has(name);
    const decimals = column && column.kind !== "text" ? decimalsOf(column.values) : null;
    const least = grouped && groupOf(name) === "metrics" ? SPREAD : 0;
    const width = widths[name] ?? Math.max(least, natural(column, name, spark, narrow));
    const place = { name, left, width, decimals, right: isRight(column, name), spark };
    left += width;
    return place;
  });
  return { places, total: left, sticky: BOX + (places[0]?.width ?? 0), tree };
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
  const body = column?.kind === "text" ? longest(column) * CHARACTER + 22 : 74;
  const most = column?.kind === "text" ? 210 : 170;
  return Math.min(most, Math.max(64, head, body)) + (spark ? Math.max(0, SPARK - Math.max(0, head - body)) : 0);
}

function longest(column: TextColumn): number {
  let most = 0;
  for (const word of column.words.slice(0, SAMPLE)) most = Math.max(most, word.length);
  return most;
}

/** null: as many digits as each number needs. */
export function decimalsOf(values: Float64Array): number | null {
  let most = 0;
  let whole = true;
  const stride = Math.max(1, Math.floor(values.length / SAMPLE));
  for (let row = 0; row < values.length; row += stride) {
    const size = Math.abs(values[row]);
    if (!Number.isFinite(size)) continue;
    most = Math.max(most, size);
    whole &&= Number.isInteger(size);
  }
  if (whole || most < 0.01 || most >= 1e6) return null;
  return most < 10 ? 4 : most < 100 ? 3 : most < 1000 ? 2 : 1;
}

/** A number as its column writes numbers. */
export function aligned(value: number, decimals: number | null): string {
  const size = Math.abs(value);
  if (decimals === null || !Number.isFinite(value) || (size !== 0 && size < 10 ** -decimals) || size >= 1e7) return num(value);
  return value.toFixed(decimals).replace("-", "−");
}

/** The places that a window over the columns shows, the sticky one left out. */
export function inSight({ places, sticky }: Layout, left: number, width: number): Place[] {
  return places.slice(1).filter((place) => place.left + place.width > left + sticky - 200 && place.left < left + width + 200);
}

export const px = (length: number): string => `${length}px`;
