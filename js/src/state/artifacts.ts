/** How are a run's files asked for? The kernel answers with a listing, or with a file's bytes in base64. */

import type { State } from "./state";

export interface FileEntry {
  /** Relative to the run's artifact folder, with `/`. */
  path: string;
  is_dir: boolean;
  file_size: number | null;
}

export interface FileBytes {
  path: string;
  size: number;
  /** Only the beginning came. */
  cut: boolean;
  mime: string;
  bytes: Uint8Array<ArrayBuffer>;
}

/** The files of one folder; the empty path is the top. */
export async function listFiles(state: State, run: string, path: string): Promise<FileEntry[]> {
  const body = (await state.outlet.need({ what: "artifacts", runs: [run], path })) as { files?: FileEntry[] } | null;
  if (!Array.isArray(body?.files)) throw new Error("The kernel's answer holds no list of files.");
  return body.files;
}

/** As much as a preview needs; up to `most` bytes where that is said. */
export async function readFile(state: State, run: string, path: string, most = 0): Promise<FileBytes> {
  const body = (await state.outlet.need({ what: "artifact", runs: [run], path, ...(most && { width: most }) })) as
    | (Omit<FileBytes, "bytes"> & { base64?: string })
    | null;
  if (typeof body?.base64 !== "string") throw new Error("The kernel's answer holds no file.");
  const bytes = Uint8Array.from(atob(body.base64), (letter) => letter.charCodeAt(0));
  return { path, size: Number(body.size), cut: Boolean(body.cut), mime: String(body.mime ?? ""), bytes };
}

/** What a run was given to learn or to be tested on. */
export interface Dataset {
  name: string;
  digest: string;
  source: string;
  context: string;
  profile: string;
}

export async function readDatasets(state: State, run: string): Promise<Dataset[]> {
  const body = (await state.outlet.need({ what: "inputs", runs: [run] })) as { datasets?: Dataset[] } | null;
  if (!Array.isArray(body?.datasets)) throw new Error("The kernel's answer holds no list of datasets.");
  return body.datasets;
}
