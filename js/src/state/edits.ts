/**
 * What did the person change that the kernel has not yet? Shown at once over what the kernel says, until it answers.
 *
 * A change carries the values that the person saw. Where another writer was quicker the kernel leaves the run alone and
 * says so. What was done can be undone, by the opposite change.
 */

import { signal, type Signal } from "@preact/signals";
import { COLOR_TAG } from "../palette";
import { text, type Column, type Frame, type TextColumn } from "../data/frame";
import type { Outlet, Wish } from "./outlet";

export interface Notice {
  words: string;
  bad?: boolean;
  /** Takes back what was done; null where that is not possible. */
  undo?: Wish[];
  /** What another writer was quicker with, to be done nevertheless. */
  anyway?: Wish;
}

/** A change on its way, with those of its runs that no later change is about. */
interface Waiting extends Wish {
  id: number;
}

export interface Edits {
  /** In the order made; `done` ones wait for the rows that the kernel sends after its answer. */
  waiting: Signal<readonly Waiting[]>;
  notice: Signal<Notice | null>;
  /** Runs that were deleted and are back, until they were brought into sight. */
  back: Signal<readonly string[]>;
  make(wish: Wish, how?: { anyway?: boolean; silent?: boolean }): Promise<void>;
  undo(): Promise<void>;
}

interface Around {
  frame: Signal<Frame>;
  outlet: () => Outlet;
  name: (id: string) => string;
}

/** The kernel's rows follow its answer on another way, and may come a little later. */
const ROWS_FOLLOW = 1500;

export function createEdits({ frame, outlet, name }: Around): Edits {
  const waiting = signal<readonly Waiting[]>([]);
  let last = 0;
  const notice = signal<Notice | null>(null);
  const back = signal<readonly string[]>([]);
  const done = (id: number) => (waiting.value = waiting.peek().filter((other) => other.id !== id));

  /** The runs for which the change still is the last one. */
  const left = (id: number) => waiting.peek().find((other) => other.id === id)?.runs ?? [];

  async function make(wish: Wish, { anyway = false, silent = false } = {}): Promise<void> {
    const before = withEdits(frame.peek(), waiting.peek());
    const runs = wish.runs.filter((run) => before.rowOf.has(run) && differs(before, { ...wish, runs: [run] }));
    if (runs.length === 0) return;
    const change = { ...wish, runs, id: ++last };
    const reverse = opposite(before, change);
    const words = told(change, name); // with the name from before a rename
    waiting.value = [...waiting.peek().map((other) => without(other, change)), change];
    if (!silent) notice.value = { words, undo: reverse };
    try {
      const body = (await outlet().edit({ ...wish, runs, seen: anyway ? null : seen(before, change) })) as { conflicts?: Record<string, string | null> } | null;
      const lost = Object.entries(body?.conflicts ?? {});
      if (lost.length > 0) {
        done(change.id);
        const kept = lost.map(([id]) => id);
        const rest = runs.filter((run) => !kept.includes(run));
        const taken = rest.length > 0 && !silent ? { undo: opposite(before, { ...change, runs: rest }) } : {};
        notice.value = { words: lostTo(lost, rest.length, name), bad: true, anyway: { ...wish, runs: kept }, ...taken };
      } else await follow(frame, () => !left(change.id).some((run) => differs(frame.peek(), { ...change, runs: [run] })));
    } catch (error) {
      notice.value = { words: `Could not save: ${(error as Error).message}`, bad: true };
    }
    done(change.id);
  }

  return {
    waiting,
    notice,
    back,
    make,
    async undo() {
      const wishes = notice.peek()?.undo ?? [];
      notice.value = wishes.length > 0 ? { words: "Undone." } : null;
      const made = Promise.all(wishes.map((wish) => make(wish, { silent: true })));
      back.value = wishes.filter(({ what }) => what === "restore").flatMap(({ runs }) => runs);
      await made;
    },
  };
}

/** Wait until the frame holds what was done, or should long have done so. */
function follow(frame: Signal<Frame>, there: () => boolean): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(end, ROWS_FOLLOW);
    const stop = frame.subscribe(() => there() && queueMicrotask(end));
    function end() {
      clearTimeout(timer);
      stop();
      resolve();
    }
  });
}

/** What is on its way without the runs of which something newer is: once that is done, the older must not come back. */
function without(older: Waiting, newer: Wish): Waiting {
  if (target(older)[0] !== target(newer)[0]) return older;
  return { ...older, runs: older.runs.filter((run) => !newer.runs.includes(run)) };
}

const STAGE = "lifecycle_stage";

/** The column that a change writes, and the word that it writes; null takes the value out. */
function target({ what, key = "", value = "" }: Wish): [column: string, word: string | null] {
  if (what === "rename") return ["run_name", value];
  if (what === "set_tag") return [`tags.${key}`, value];
  if (what === "delete_tag") return [`tags.${key}`, null];
  return [STAGE, what === "delete" ? "deleted" : "active"];
}

function differs(frame: Frame, wish: Wish): boolean {
  const [column, word] = target(wish);
  return text(frame, column, frame.rowOf.get(wish.runs[0]) ?? -1) !== word;
}

function seen(frame: Frame, wish: Wish): Record<string, string | null> {
  const [column] = target(wish);
  return Object.fromEntries(wish.runs.map((run) => [run, text(frame, column, frame.rowOf.get(run)!)]));
}

/** What puts the runs back to where they are now. */
function opposite(frame: Frame, wish: Wish): Wish[] {
  if (wish.what === "delete") return [{ what: "restore", runs: wish.runs }];
  if (wish.what === "restore") return [{ what: "delete", runs: wish.runs }];
  const byWord = new Map<string | null, string[]>();
  for (const [run, word] of Object.entries(seen(frame, wish))) byWord.set(word, [...(byWord.get(word) ?? []), run]);
  const key = wish.key ?? "";
  return [...byWord].map(([word, runs]): Wish => {
    if (wish.what === "rename") return { what: "rename", runs, value: word ?? "" };
    return word === null ? { what: "delete_tag", runs, key } : { what: "set_tag", runs, key, value: word };
  });
}

function told({ what, runs, key, value = "" }: Wish, name: (id: string) => string): string {
  const which = runs.length === 1 ? name(runs[0]) : `${runs.length.toLocaleString("en")} runs`;
  if (what === "rename") return `Renamed ${which} to ${value}.`;
  if (what === "delete") return `Deleted ${which}.`;
  if (what === "restore") return `Restored ${which}.`;
  if (key === COLOR_TAG) return `Changed the color of ${which}.`;
  if (key === NOTE) return `Changed the description of ${which}.`;
  return what === "set_tag" ? `Set ${key} of ${which} to ${value}.` : `Removed ${key} from ${which}.`;
}

/** What another writer was quicker with, and how many runs were changed all the same. */
function lostTo([[run, now], ...more]: [string, string | null][], others: number, name: (id: string) => string): string {
  const which = `${name(run)}${more.length > 0 ? ` and ${more.length} more` : ""}`;
  const done = others > 0 ? ` ${others === 1 ? "The other one was" : `The other ${others} were`} changed.` : "";
  return `${which} ${more.length > 0 ? "were" : "was"} changed meanwhile${now === null ? "" : ` to “${now.slice(0, 60)}”`}, and left so.${done}`;
}

export const NOTE = "mlflow.note.content";

/** The frame as it will be once the kernel has done all that waits. */
export function withEdits(frame: Frame, wishes: readonly Wish[]): Frame {
  if (wishes.length === 0) return frame;
  const columns = new Map<string, Column>(frame.columns);
  for (const wish of wishes) {
    const [name, word] = target(wish);
    const rows = wish.runs.map((run) => frame.rowOf.get(run)).filter((row) => row !== undefined);
    const old = columns.get(name);
    if (rows.length > 0 && (old === undefined || old.kind === "text")) columns.set(name, written(old, frame.length, rows, word));
  }
  return { ...frame, columns };
}

function written(old: TextColumn | undefined, length: number, rows: readonly number[], word: string | null): TextColumn {
  const codes = old ? old.codes.slice() : new Int32Array(length).fill(-1);
  const words = [...(old?.words ?? [])];
  let code = word === null ? -1 : words.indexOf(word);
  if (word !== null && code < 0) code = words.push(word) - 1;
  for (const row of rows) codes[row] = code;
  return { kind: "text", codes, words };
}
