/** What changed in the code from one run to another? The cells that were tracked, and the files under git. */

import { useSignal } from "@preact/signals";
import { readFile } from "../../state/artifacts";
import type { State } from "../../state/state";
import { CommitChanges } from "../commits";
import { TextDiff } from "../diff";
import { runName } from "../drawn";
import { Await, useFetched } from "../fetched";
import { Block } from "../run/block";
import { CELL } from "../run/names";

export function CodeDiff({ state, ids }: { state: State; ids: readonly string[] }) {
  return (
    <Block title="Code" open={false}>
      <Pair state={state} ids={ids} />
    </Block>
  );
}

function Pair({ state, ids }: { state: State; ids: readonly string[] }) {
  const right = useSignal<string | null>(null);
  const other = right.value !== null && ids.includes(right.value) && right.value !== ids[0] ? right.value : ids[1];
  const frame = state.frame.value;
  return (
    <>
      <div class="nbt-controls">
        <span class="nbt-field">
          <span class="nbt-diff-sign nbt-worse">−</span>
          {runName(frame, ids[0])}
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
      <Block title="Cell">
        <Cells state={state} left={ids[0]} right={other} />
      </Block>
      <Block title="Files of the repository">
        <CommitChanges state={state} runs={[ids[0], other]} />
      </Block>
    </>
  );
}

function Cells({ state, left, right }: { state: State; left: string; right: string }) {
  const frame = state.frame.value;
  const source = (run: string) =>
    readFile(state, run, CELL).then(
      ({ bytes }) => new TextDecoder().decode(bytes),
      () => Promise.reject(new Error(`Run '${runName(frame, run)}' has no recorded code: it was not made by %%track.`)),
    );
  const fetched = useFetched(state, `${left} ${right}`, () => Promise.all([source(left), source(right)]));
  return <Await fetched={fetched}>{([a, b]) => <TextDiff left={a} right={b} same="The code of both runs is the same." />}</Await>;
}
