/** How are a run's files asked for? The kernel answers with a listing, or with a file's bytes in base64. */

import type { Sheet } from "../data/sheet";
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
  /** What the kernel has read of a table that a browser cannot read. */
  table?: Sheet & { all_rows: number; all_columns: number };
  /** Why it could not. */
  problem?: string;
}

/** Of a logged model of the run where one is named. */
const keysOf = (model: string) => (model ? { keys: [model] } : {});

/** The files of one folder; the empty path is the top. */
export async function listFiles(state: State, run: string, path: string, model = ""): Promise<FileEntry[]> {
  const body = (await state.outlet.need({ what: "artifacts", runs: [run], path, ...keysOf(model) })) as { files?: FileEntry[] } | null;
  if (!Array.isArray(body?.files)) throw new Error("The kernel's answer holds no list of files.");
  return body.files;
}

/** As much as a preview needs; up to `most` bytes where that is said. */
export async function readFile(state: State, run: string, path: string, most = 0, model = ""): Promise<FileBytes> {
  const body = (await state.outlet.need({ what: "artifact", runs: [run], path, ...keysOf(model), ...(most && { width: most }) })) as
    | (Omit<FileBytes, "bytes"> & { base64?: string })
    | null;
  if (typeof body?.base64 !== "string") throw new Error("The kernel's answer holds no file.");
  const bytes = Uint8Array.from(atob(body.base64), (letter) => letter.charCodeAt(0));
  const { table, problem } = body;
  return { path, size: Number(body.size), cut: Boolean(body.cut), mime: String(body.mime ?? ""), bytes, ...(table && { table }), ...(problem && { problem }) };
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

/** A model that MLflow 3 keeps beside the run, which made it or only used it. `problem`: why nothing more is told. */
export interface LoggedModel {
  id: string;
  name: string;
  used: boolean;
  problem: string;
  type: string;
  status: string;
  /** ms */
  made_at: number;
  step: number | null;
  params: [name: string, value: string][];
  tags: [name: string, value: string][];
  /** What is not finite comes as a word. */
  metrics: [name: string, value: number | string, step: number, dataset: string | null][];
}

/** `more` are not told. */
export async function readModels(state: State, run: string): Promise<{ models: LoggedModel[]; more: number }> {
  const body = (await state.outlet.need({ what: "models", runs: [run] })) as { models?: LoggedModel[]; more?: number } | null;
  if (!Array.isArray(body?.models)) throw new Error("The kernel's answer holds no list of models.");
  return { models: body.models, more: Number(body.more ?? 0) };
}

/** All files of several runs, by run; `cut` are the runs that have more than are told. */
export interface Trees {
  runs: Record<string, [path: string, size: number | null][]>;
  cut: string[];
}

export async function listTrees(state: State, runs: readonly string[]): Promise<Trees> {
  const body = (await state.outlet.need({ what: "trees", runs: [...runs] })) as Trees | null;
  if (!body?.runs) throw new Error("The kernel's answer holds no files.");
  return body;
}

/** A file that differs between two commits. `patch` begins with its first @@; lines are null for what is no text. */
export interface FileChange {
  path: string;
  kind: string;
  added: number | null;
  removed: number | null;
  patch: string;
  /** Too long to be shown. */
  cut: boolean;
}

export interface Commits {
  old: string;
  new: string;
  files: FileChange[];
  /** Files that are not listed. */
  more: number;
}

/** From one run's files in git to another's; of one run alone, what it had not committed. */
export async function readCommits(state: State, runs: string[]): Promise<Commits> {
  const body = (await state.outlet.need({ what: "commits", runs })) as Commits | null;
  if (!Array.isArray(body?.files)) throw new Error("The kernel's answer holds no changes.");
  return body;
}

let plotly: Promise<string> | undefined;

/** plotly.js, asked for once a page. */
export function plotlyCode(state: State): Promise<string> {
  plotly ??= fetchPlotly(state).catch((error) => {
    plotly = undefined;
    throw error;
  });
  return plotly;
}

async function fetchPlotly(state: State): Promise<string> {
  const body = (await state.outlet.need({ what: "plotly" })) as { gzip?: string } | null;
  if (typeof body?.gzip !== "string") throw new Error("The kernel's answer holds no plotly.");
  const packed = Uint8Array.from(atob(body.gzip), (letter) => letter.charCodeAt(0));
  return new Response(new Blob([packed]).stream().pipeThrough(new DecompressionStream("gzip"))).text();
}
