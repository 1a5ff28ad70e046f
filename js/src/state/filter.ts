/** Which rows match the text of the filter box, and if it cannot be read, where is it wrong? */

import type { Frame } from "../data/frame";
import { mask, QueryError, unitAt, type Around } from "../query";

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
    return { mask: null, error: { message, start: unitAt(text, start), end: unitAt(text, end) } };
  }
}
