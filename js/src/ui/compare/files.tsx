/** The files of the runs side by side: one path at a time, the file of each run under it. */

import { useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { listTrees, type Trees } from "../../state/artifacts";
import { setView, type State } from "../../state/state";
import { Await, useFetched } from "../fetched";
import { Block } from "../run/block";
import { bytesText } from "../run/bytes";
import { FileColumns } from "./columns";

interface Props {
  state: State;
  ids: readonly string[];
}

export function FilesBeside({ state, ids }: Props) {
  return (
    <Block title="Files" open={state.view.value.compare.file !== null}>
      <Beside state={state} ids={ids} />
    </Block>
  );
}

/** One path and which runs have it. */
interface Path {
  path: string;
  runs: string[];
  sizes: number[];
}

function Beside({ state, ids }: Props) {
  // The order of the runs, which the baseline changes, asks for nothing new.
  const fetched = useFetched(state, `trees ${[...ids].sort().join(" ")}`, () => listTrees(state, ids));
  return <Await fetched={fetched}>{(trees) => <Paths state={state} ids={ids} paths={pathsOf(trees, ids)} cut={trees.cut.length} />}</Await>;
}

function pathsOf(trees: Trees, ids: readonly string[]): Path[] {
  const found = new Map<string, Path>();
  for (const run of ids) {
    for (const [path, size] of trees.runs[run] ?? []) {
      const there = found.get(path) ?? { path, runs: [], sizes: [] };
      there.runs.push(run);
      if (size !== null) there.sizes.push(size);
      found.set(path, there);
    }
  }
  return [...found.values()].sort((a, b) => b.runs.length - a.runs.length || (a.path < b.path ? -1 : 1));
}

/** More paths than this are searched for, not scrolled through. */
const FEW = 8;
const MOST = 300;

function Paths({ state, ids, paths, cut }: Props & { paths: Path[]; cut: number }) {
  const search = useSignal("");
  const list = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const open = list.current?.querySelector<HTMLElement>("[aria-selected=true]");
    if (open) list.current!.scrollTop = open.offsetTop - list.current!.offsetTop - 2 * open.offsetHeight;
  }, []);
  if (paths.length === 0) return <p class="nbt-quiet">These runs have no files.</p>;
  const words = search.value.toLowerCase().split(/\s+/).filter(Boolean);
  const found = paths.filter(({ path }) => words.every((word) => path.toLowerCase().includes(word)));
  const chosen = paths.find(({ path }) => path === state.view.value.compare.file);
  return (
    <>
      {paths.length > FEW && (
        <input
          class="nbt-input"
          type="search"
          placeholder="Find a file"
          aria-label="Find a file"
          value={search.value}
          onInput={(event) => (search.value = event.currentTarget.value)}
        />
      )}
      <div ref={list} class="nbt-paths" role="listbox" aria-label="Files of these runs">
        {found.slice(0, MOST).map(({ path, runs, sizes }) => (
          <button
            type="button"
            role="option"
            key={path}
            class="nbt-file"
            aria-selected={chosen?.path === path}
            onClick={() => setView(state, { compare: { file: chosen?.path === path ? null : path } })}
          >
            <span class="nbt-file-name nbt-mono">{path}</span>
            <span class="nbt-dim">{runs.length === ids.length ? "" : `${runs.length} of ${ids.length} runs`}</span>
            <span class="nbt-dim nbt-path-size">{sizeText(sizes)}</span>
          </button>
        ))}
        {found.length > MOST && <p class="nbt-quiet">{found.length - MOST} more: search for them.</p>}
      </div>
      {cut > 0 && <p class="nbt-quiet">{cut === 1 ? "One run has" : `${cut} runs have`} more files than are listed.</p>}
      {chosen && <FileColumns key={chosen.path} state={state} ids={ids} path={chosen.path} runs={chosen.runs} />}
    </>
  );
}

function sizeText(sizes: readonly number[]): string {
  if (sizes.length === 0) return "";
  const [least, most] = [bytesText(Math.min(...sizes)), bytesText(Math.max(...sizes))];
  return least === most ? least : `${least} – ${most}`;
}
