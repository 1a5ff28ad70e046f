/** What was a metric's value at a step? */

import type { Points } from "./line";

/** The last point at or before `step`; of several at the same one that with the latest clock. null where it began later. */
export function atStep({ step, time, value, length }: Points, wanted: number): { value: number; step: number } | null {
  let best = -1;
  for (let i = 0; i < length; i++) {
    if (step[i] > wanted) continue;
    if (best < 0 || step[i] > step[best] || (step[i] === step[best] && time[i] >= time[best])) best = i;
  }
  return best < 0 ? null : { value: value[best], step: step[best] };
}
