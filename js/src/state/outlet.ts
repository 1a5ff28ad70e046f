/** What can a view ask of the kernel, and what can it have changed there? */

import type { Edit, Need, Window } from "../protocol";

export interface Ask {
  what: Need;
  runs?: string[];
  keys?: string[];
  path?: string;
  /** Points wanted of each history; all of them without it. */
  width?: number;
  /** The part that a `range` is about. */
  window?: Window;
}

/** A change to runs, as a person wishes it. */
export interface Wish {
  what: Exclude<Edit, "purge" | "save_view" | "drop_view" | "set_view" | "reset_view">;
  runs: string[];
  key?: string;
  value?: string;
}

export interface Change extends Omit<Wish, "what" | "runs"> {
  what: Edit;
  runs?: string[];
  /** What the person saw in each run; without it the change is made whatever stands there now. */
  seen?: Record<string, string | null> | null;
}

export type Take = (pack: DataView) => Promise<void>;

/** Where requests go. Without a kernel both reject with an Error that says so. */
export interface Outlet {
  /** Histories in the answer go into the book, or to `take` where it is given. What is `quiet` is not told as waiting. */
  need(ask: Ask, take?: Take, quiet?: boolean): Promise<unknown>;
  edit(change: Change, quiet?: boolean): Promise<unknown>;
}

export const nobody = (): Promise<never> => Promise.reject(new Error("No kernel is connected: this is a saved view."));
