/** Which rows match the text of the filter box, and if it cannot be read, where is it wrong? */

import type { Frame } from "../data/frame";
import { mask, QueryError, unitAt, type Around } from "../query";

export interface Filtered {
  /** 1 where a row matches; null where nothing is filtered. */
  mask: Uint8Array | null;
  /** `start` and `end` are places in the JavaScript string. */
  error: FilterError | null;
}

export interface FilterError {
  message: string;
  start: number;
  end: number;
  /** What the person may have meant, to stand in the place of what is wrong. */
  meant: readonly string[];
}

export function evaluate(frame: Frame, text: string, history?: Around["history"]): Filtered {
  if (text.trim() === "") return { mask: null, error: null };
  try {
    return { mask: mask(frame, text, history ? { history } : {}), error: null };
  } catch (error) {
    if (!(error instanceof QueryError)) throw error;
    const { message, start, end } = error;
    return { mask: null, error: { ...withoutAdvice(message), start: unitAt(text, start), end: unitAt(text, end) } };
  }
}

const ADVICE = /^(.*?) Did you mean (.+)\?$/s;

/** A message of the query language ends with what may have been meant. */
function withoutAdvice(message: string): Pick<FilterError, "message" | "meant"> {
  const found = ADVICE.exec(message);
  return found ? { message: found[1], meant: found[2].split(/, | or /) } : { message, meant: [] };
}

/** The text with what was meant in the place of what is wrong. */
export const corrected = (text: string, { start, end }: FilterError, meant: string): string => text.slice(0, start) + meant + text.slice(end);
