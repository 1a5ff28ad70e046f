/**
 * Which files of several runs belong together? Those of one path; images logged under one key, at whatever step and time;
 * and files that are named after their run.
 */

import { keyedMedia, type Medium } from "./media";

export interface SharedFile {
  /** What the files are called together: a path, or the key of images. */
  name: string;
  /** By run. */
  paths: Map<string, string>;
  /** Of images logged under a key: their steps. */
  medium: Medium | null;
}

/** In the name of a file that is named after its run. */
export const RUN = "{run}";
/** Shorter names of runs are found in too many paths by chance. */
const LEAST_LETTERS = 3;

/** Keys of images first, then what most runs have. `sizes` are the files of each run; `name` gives a run's name. */
export function sharedFiles(sizes: ReadonlyMap<string, ReadonlyMap<string, number | null>>, name: (run: string) => string): SharedFile[] {
  const trees = new Map([...sizes].map(([run, files]) => [run, [...files.keys()]]));
  const media = keyedMedia(trees, (run, path) => sizes.get(run)?.get(path) ?? null);
  const keyed = new Set(media.flatMap((medium) => medium.files));
  const found = new Map<string, Map<string, string>>();
  for (const [run, paths] of trees) {
    for (const path of paths) {
      if (keyed.has(path)) continue;
      const shared = withoutRun(path, [name(run), run]);
      if (!found.has(shared)) found.set(shared, new Map());
      found.get(shared)!.set(run, path);
    }
  }
  const files = [...found].map(([shared, paths]): SharedFile => ({ name: paths.size === 1 ? [...paths.values()][0] : shared, paths, medium: null }));
  files.sort((a, b) => b.paths.size - a.paths.size || (a.name < b.name ? -1 : 1));
  return [...media.map(({ medium }) => ({ name: medium.name, paths: lastPaths(medium), medium })), ...files];
}

function withoutRun(path: string, names: readonly string[]): string {
  const slash = path.lastIndexOf("/") + 1;
  const [folder, file] = [path.slice(0, slash), path.slice(slash)];
  const name = names.find((each) => each.length >= LEAST_LETTERS && file.includes(each));
  return name === undefined ? path : folder + file.replace(name, RUN);
}

const lastPaths = ({ runs }: Medium): Map<string, string> => new Map([...runs].map(([run, stills]) => [run, stills[stills.length - 1].path]));
