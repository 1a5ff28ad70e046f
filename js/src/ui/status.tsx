/** How did a run end, or does it go on? The same words and pictures in the table, the comparison and on the run page. */

import { text } from "../data/frame";
import type { State } from "../state/state";
import { Icon, type IconName } from "./icons";

/** Says RUNNING in its store, and its kernel is gone. */
export const ABANDONED = "ABANDONED";

export const STATUS: Record<string, [icon: IconName, words: string]> = {
  FINISHED: ["finished", "Finished"],
  FAILED: ["failed", "Failed"],
  KILLED: ["killed", "Killed"],
  RUNNING: ["running", "Running"],
  SCHEDULED: ["scheduled", "Scheduled"],
  [ABANDONED]: ["abandoned", "Abandoned"],
};

/** A key of `STATUS`, or whatever else the store says; null where it says nothing. */
export function statusOf(state: State, id: string): string | null {
  const frame = state.frame.value;
  const row = frame.rowOf.get(id);
  const said = row === undefined ? null : text(frame, "status", row);
  return said === "RUNNING" && id in state.status.value.abandoned ? ABANDONED : said;
}

/** When a run that nobody can end was last heard of, in ms; null for others, and where it left no sign. */
export function lastSign(state: State, id: string): number | null {
  return statusOf(state, id) === ABANDONED ? state.status.value.abandoned[id] : null;
}

export const statusWords = (status: string): string => STATUS[status]?.[1] ?? status;

export function StatusBadge({ status, bare = false }: { status: string; bare?: boolean }) {
  const [icon, said] = STATUS[status] ?? ["scheduled", status];
  const why = status === ABANDONED ? "Not ended: its kernel stopped" : undefined;
  return (
    <span class={`nbt-state nbt-state-${icon}`} title={why}>
      <Icon name={icon} size={13} />
      <span class={bare ? "nbt-sr" : ""}>{said}</span>
    </span>
  );
}
