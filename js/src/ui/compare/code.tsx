/** What changed in the code from one run to another? The cells that were tracked, line by line. */

import { useSignal } from "@preact/signals";
import { diffLines, diffWords, hunks, type DiffLine, type Piece } from "../../data/diff";
import { readFile } from "../../state/artifacts";
import type { State } from "../../state/state";
import { Fold } from "../charts/icons";
import { runName } from "../drawn";
import { Await, useFetched } from "../fetched";

/** Where a run keeps the source of its cell. */
export const CELL = "cell.py";

export function CodeDiff({ state, ids }: { state: State; ids: readonly string[] }) {
  const open = useSignal(false);
  const right = useSignal<string | null>(null);
  const other = right.value !== null && ids.includes(right.value) && right.value !== ids[0] ? right.value : ids[1];
  const frame = state.frame.value;
  return (
    <section class="nbt-code" aria-label="Code">
      <button type="button" class="nbt-section-head" aria-expanded={open.value} onClick={() => (open.value = !open.value)}>
        <Fold open={open.value} />
        <span>Code</span>
      </button>
      {open.value && (
        <>
          <div class="nbt-controls">
            <span>
              <span class="nbt-diff-sign nbt-worse">−</span> {runName(frame, ids[0])}
            </span>
            <label class="nbt-field">
              <span class="nbt-diff-sign nbt-better">+</span>
              <select class="nbt-input" aria-label="Compare with" value={other} onChange={(event) => (right.value = event.currentTarget.value)}>
                {ids.slice(1).map((id) => (
                  <option key={id} value={id}>
                    {runName(frame, id)}
                  </option>
                ))}
              </select>
            </label>
          </div>
          <Changes state={state} left={ids[0]} right={other} />
        </>
      )}
    </section>
  );
}

function Changes({ state, left, right }: { state: State; left: string; right: string }) {
  const source = async (run: string) => new TextDecoder().decode((await readFile(state, run, CELL)).bytes);
  const fetched = useFetched(state, `${left} ${right}`, async () => {
    const [a, b] = await Promise.all([source(left), source(right)]);
    return diffLines(a, b);
  });
  return (
    <Await fetched={fetched}>
      {(lines) =>
        lines.every(({ kind }) => kind === "same") ? (
          <p class="nbt-quiet">The code of both runs is the same.</p>
        ) : (
          <div class="nbt-diff nbt-mono" role="table" aria-label="Changed lines">
            {hunks(lines).map((hunk, at) =>
              "skipped" in hunk ? (
                <div key={at} class="nbt-diff-skip nbt-dim" role="row">
                  {hunk.skipped} equal {hunk.skipped === 1 ? "line" : "lines"}
                </div>
              ) : (
                withWords(hunk.lines).map(({ line, pieces }, place) => <LineOf key={`${at} ${place}`} line={line} pieces={pieces} />)
              ),
            )}
          </div>
        )
      }
    </Await>
  );
}

interface Told {
  line: DiffLine;
  pieces: Piece[] | null;
}

/** Lines put in the place of as many others are told apart word by word. */
function withWords(lines: readonly DiffLine[]): Told[] {
  const told: Told[] = lines.map((line) => ({ line, pieces: null }));
  for (let at = 0; at < lines.length; ) {
    const run = (kind: DiffLine["kind"], from: number) => {
      let end = from;
      while (lines[end]?.kind === kind) end++;
      return end;
    };
    const middle = run("out", at);
    const end = run("in", middle);
    if (middle - at === end - middle) {
      for (let i = at; i < middle; i++) {
        const other = i - at + middle;
        [told[i].pieces, told[other].pieces] = diffWords(lines[i].text, lines[other].text);
      }
    }
    at = Math.max(end, at + 1);
  }
  return told;
}

function LineOf({ line: { kind, text, left, right }, pieces }: Told) {
  const word = { same: "", out: "removed", in: "added" }[kind];
  return (
    <div class={`nbt-diff-line nbt-diff-${kind}`} role="row">
      <span class="nbt-diff-at nbt-dim">{left ?? ""}</span>
      <span class="nbt-diff-at nbt-dim">{right ?? ""}</span>
      <span class="nbt-diff-sign">{{ same: " ", out: "−", in: "+" }[kind]}</span>
      {word && <span class="nbt-sr">{word}</span>}
      <span class="nbt-diff-text">{pieces ? pieces.map((piece) => (piece.changed ? <mark class="nbt-diff-word">{piece.text}</mark> : piece.text)) : text}</span>
    </div>
  );
}
