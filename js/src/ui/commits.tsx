/** What changed in the repository: each file that differs, its lines a click away. */

import { useSignal } from "@preact/signals";
import { readPatch } from "../data/patch";
import { readCommits, type Commits, type FileChange } from "../state/artifacts";
import type { State } from "../state/state";
import { ComparisonLink, originOf } from "./commit_link";
import { Fold } from "./charts/icons";
import { Hunks } from "./diff";
import { Await, useFetched } from "./fetched";

const KINDS: Record<string, string> = { A: "added", D: "removed", M: "changed", T: "another type" };
/** So few files are open from the start. */
const FEW = 3;

/** Of two runs, from the first to the second; of one, what it had not committed. */
export function CommitChanges({ state, runs }: { state: State; runs: string[] }) {
  const fetched = useFetched(state, `commits ${runs.join(" ")}`, () => readCommits(state, runs));
  const [old, now] = runs.map((run) => originOf(state.frame.value, run));
  return (
    <>
      {runs.length === 2 && (
        <p class="nbt-quiet">
          <ComparisonLink old={old} now={now} />
        </p>
      )}
      <Await fetched={fetched}>{(commits) => <Files commits={commits} alone={runs.length === 1} />}</Await>
    </>
  );
}

function Files({ commits, alone }: { commits: Commits; alone: boolean }) {
  const { files, more } = commits;
  const [from, to] = [commits.old.slice(0, 10), commits.new.slice(0, 10)];
  if (files.length === 0) {
    const same = from === to ? `the same files: commit ${from}.` : `equal files, though of two commits: ${from} and ${to}.`;
    return <p class="nbt-quiet">{alone ? `Nothing was changed since commit ${from}.` : `Both runs saw ${same}`}</p>;
  }
  return (
    <>
      <p class="nbt-quiet">
        {files.length + more} {files.length + more === 1 ? "file differs" : "files differ"} from <code class="nbt-mono">{from}</code> to{" "}
        <code class="nbt-mono">{to}</code>
        {alone && ", the work tree before the run"}.
      </p>
      {files.map((file) => (
        <Changed key={file.path} file={file} first={files.length <= FEW} />
      ))}
      {more > 0 && <p class="nbt-quiet">{more} more files differ.</p>}
    </>
  );
}

function Changed({ file, first }: { file: FileChange; first: boolean }) {
  const open = useSignal(first);
  const { path, kind, added, removed, patch } = file;
  return (
    <div class="nbt-changed">
      <button type="button" class="nbt-file" aria-expanded={open.value} onClick={() => (open.value = !open.value)}>
        <Fold open={open.value} />
        <span class="nbt-file-name nbt-mono">{path}</span>
        <span class="nbt-dim">{KINDS[kind] ?? kind}</span>
        {added !== null && <span class="nbt-better">+{added}</span>}
        {removed !== null && <span class="nbt-worse">−{removed}</span>}
      </button>
      {open.value && (patch ? <Hunks hunks={readPatch(patch)} /> : <p class="nbt-quiet">{whyNone(file)}</p>)}
    </div>
  );
}

function whyNone({ cut, added, kind }: FileChange): string {
  if (cut) return "Too long to be shown: see it with git diff.";
  if (added === null) return "Not a text.";
  return kind === "A" || kind === "D" ? "An empty file." : "Only its mode changed.";
}
