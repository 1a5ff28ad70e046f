/** Which completions does the filter language know at the caret? */

import type { Frame } from "../../data/frame";
import type { Offer } from "./list";

export function offers(_frame: Frame, _text: string, _caret: number): Offer[] {
  return [];
}
