/** Which rows match the text of the filter box, and if it cannot be read, where is it wrong? */

import type { Frame } from "../data/frame";
import { mask, QueryError, type Around } from "../query";

export interface Filtered {
  /** 1 where a row matches; null where nothing is filtered. */
  mask: Uint8Array | null;
  /** `start` and `end` are places in the JavaScript string. */
  error: { message: string; start: number; end: number } | null;
}

export function evaluate(frame: Frame, text: string, history?: Around["history"]): Filtered {
  if (text.trim() === "") return { mask: null, error: null };
  try {
    return { mask: mask(frame, text, history ? { history } : {}), error: null };
  } catch (error) {
    if (!(error instanceof QueryError)) throw error;
    const { message, start, end } = error;
    return { mask: null, error: { message, start: unitsOf(text, start), end: unitsOf(text, end) } };
  }
}

/** The language counts characters, as Python does; JavaScript counts UTF-16 units. */
export function unitsOf(text: string, characters: number): number {
  return Array.from(text).slice(0, characters).join("").length;
}

export const charactersOf = (text: string, units: number): number => Array.from(text.slice(0, units)).length;
