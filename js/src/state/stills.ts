/** How are the files of a slider fetched, when it is dragged over many of them? Each once, the newest wish of a place only. */

import { readFile, type FileBytes } from "./artifacts";
import type { State } from "./state";

export interface Stills {
  get(run: string, path: string): Promise<FileBytes>;
}

/** Files kept; one is a megabyte at most. */
const MOST = 120;

export function createStills(state: State): Stills {
  const kept = new Map<string, Promise<FileBytes>>();
  return {
    get(run, path) {
      const name = `${run} ${path}`;
      const known = kept.get(name);
      if (known) return known;
      const asked = readFile(state, run, path);
      asked.catch(() => kept.delete(name)); // asked again next time
      kept.set(name, asked);
      if (kept.size > MOST) kept.delete(kept.keys().next().value!);
      return asked;
    },
  };
}
