/** The files of a run, as a tree, and what is in the one chosen. */

import { useSignal, type Signal } from "@preact/signals";
import { listFiles, readFile, type FileEntry } from "../../state/artifacts";
import type { State } from "../../state/state";
import { Fold } from "../charts/icons";
import { Await, useFetched } from "../fetched";
import { bytesText } from "./bytes";
import { FIGURE_BYTES, mayBeFigure } from "./kinds";
import { Preview } from "./preview";

interface Props {
  state: State;
  run: string;
  /** A logged model, whose files these are then. */
  model?: string;
}

export function Files({ state, run, model = "" }: Props) {
  const chosen = useSignal<string | null>(null);
  return (
    <div class="nbt-files">
      <div class="nbt-tree" role="tree" aria-label="Files">
        <Folder state={state} run={run} model={model} path="" depth={0} chosen={chosen} />
      </div>
      {chosen.value !== null && <Source state={state} run={run} model={model} path={chosen.value} key={chosen.value} />}
    </div>
  );
}

interface FolderProps extends Props {
  path: string;
  depth: number;
  chosen: Signal<string | null>;
}

function Folder({ state, run, model = "", path, depth, chosen }: FolderProps) {
  const fetched = useFetched(state, `${run} ${model}/${path}`, () => listFiles(state, run, path, model));
  return (
    <Await fetched={fetched}>
      {(files) =>
        files.length === 0 ? (
          <p class="nbt-quiet">{path === "" ? `This ${model ? "model" : "run"} has no files.` : "empty"}</p>
        ) : (
          [...files].sort(foldersFirst).map((file) => (
            <Entry key={file.path} file={file} state={state} run={run} model={model} depth={depth} chosen={chosen} />
          ))
        )
      }
    </Await>
  );
}

function Entry({ file, state, run, model = "", depth, chosen }: Omit<FolderProps, "path"> & { file: FileEntry }) {
  const open = useSignal(false);
  const name = file.path.split("/").pop()!;
  const act = () => {
    if (file.is_dir) open.value = !open.value;
    else chosen.value = file.path;
  };
  return (
    <>
      <button
        type="button"
        role="treeitem"
        class="nbt-file"
        style={{ paddingLeft: `${6 + depth * 16}px` }}
        aria-level={depth + 1}
        aria-expanded={file.is_dir ? open.value : undefined}
        aria-selected={chosen.value === file.path}
        onClick={act}
      >
        {file.is_dir ? <Fold open={open.value} /> : <span class="nbt-file-leaf" />}
        <span class="nbt-file-name">{file.is_dir ? `${name}/` : name}</span>
        <span class="nbt-dim">{file.file_size === null || file.is_dir ? "" : bytesText(file.file_size)}</span>
      </button>
      {open.value && <Folder state={state} run={run} model={model} path={file.path} depth={depth + 1} chosen={chosen} />}
    </>
  );
}

/** One file's contents. */
export function Source({ state, run, model = "", path }: Props & { path: string }) {
  const fetched = useFetched(state, `${run} ${model} ${path}`, () => readFile(state, run, path, mayBeFigure(path) ? FIGURE_BYTES : 0, model));
  return (
    <div class="nbt-preview">
      <Await fetched={fetched}>{(file) => <Preview state={state} file={file} whole={() => readFile(state, run, path, file.size + 1, model)} />}</Await>
    </div>
  );
}

function foldersFirst(a: FileEntry, b: FileEntry): number {
  return +b.is_dir - +a.is_dir || (a.path < b.path ? -1 : 1);
}
