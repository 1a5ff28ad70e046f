/** The files of the runs side by side: one path at a time, the file of each run under it. */

import { useSignal } from "@preact/signals";
import { useEffect, useMemo, useRef } from "preact/hooks";
import { stepsOf } from "../../data/media";
import { sharedFiles } from "../../data/shared_files";
import { listTrees, type Trees } from "../../state/artifacts";
import { setView, type State } from "../../state/state";
import { Shelf } from "../analyse/media";
import { runName } from "../drawn";
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
    <Block title="Files" open>
      <Beside state={state} ids={ids} />
    </Block>
  );
}

function Beside({ state, ids }: Props) {
  // The order of the runs, which the baseline changes, asks for nothing new.
  const fetched = useFetched(state, `trees ${[...ids].sort().join(" ")}`, () => listTrees(state, ids));
  return <Await fetched={fetched}>{(trees) => <Shared state={state} ids={ids} trees={trees} />}</Await>;
}

/** More paths than this are searched for, not scrolled through. */
const FEW = 8;
const MOST = 300;

function Shared({ state, ids, trees }: Props & { trees: Trees }) {
  const frame = state.frame.value;
  const sizes = useMemo(() => new Map(ids.map((run) => [run, new Map(trees.runs[run])])), [trees, ids.join()]);
  const files = useMemo(() => sharedFiles(sizes, (run) => runName(frame, run)), [sizes, frame]);
  const search = useSignal("");
  const list = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const open = list.current?.querySelector<HTMLElement>("[aria-selected=true]");
    if (open) list.current!.scrollTop = open.offsetTop - list.current!.offsetTop - 2 * open.offsetHeight;
  }, []);
  if (files.length === 0) return <p class="nbt-quiet">These runs have no files.</p>;
  const words = search.value.toLowerCase().split(/\s+/).filter(Boolean);
  const found = files.filter(({ name }) => words.every((word) => name.toLowerCase().includes(word)));
  const chosen = files.find(({ name }) => name === state.view.value.compare.file);
  const cut = trees.cut.length;
  return (
    <>
      {files.length > FEW && (
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
        {found.slice(0, MOST).map(({ name, paths, medium }) => (
          <button
            type="button"
            role="option"
            key={name}
            class="nbt-file"
            aria-selected={chosen?.name === name}
            onClick={() => setView(state, { compare: { file: chosen?.name === name ? null : name } })}
          >
            <span class="nbt-file-name nbt-mono">{name}</span>
            {medium && <span class="nbt-dim">{stepsText(stepsOf(medium).length)}</span>}
            <span class="nbt-dim">{paths.size === ids.length ? "" : `${paths.size} of ${ids.length} runs`}</span>
            <span class="nbt-dim nbt-path-size">{medium ? "images" : sizeText([...paths].flatMap(([run, path]) => sizes.get(run)!.get(path) ?? []))}</span>
          </button>
        ))}
        {found.length > MOST && <p class="nbt-quiet">{found.length - MOST} more: search for them.</p>}
      </div>
      {cut > 0 && <p class="nbt-quiet">{cut === 1 ? "One run has" : `${cut} runs have`} more files than are listed.</p>}
      {chosen?.medium && <Shelf key={chosen.name} state={state} ids={ids.filter((run) => chosen.paths.has(run))} medium={chosen.medium} of={ids.length} />}
      {chosen && !chosen.medium && <FileColumns key={chosen.name} state={state} ids={ids} name={chosen.name} paths={chosen.paths} />}
    </>
  );
}

const stepsText = (count: number): string => (count === 1 ? "1 step" : `${count} steps`);

function sizeText(sizes: readonly number[]): string {
  if (sizes.length === 0) return "";
  const [least, most] = [bytesText(Math.min(...sizes)), bytesText(Math.max(...sizes))];
  return least === most ? least : `${least} – ${most}`;
}
