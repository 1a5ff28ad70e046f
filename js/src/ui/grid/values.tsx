/** Which words of a column are to be seen? Each with how many runs have it. */

import { counted } from "../../data/bins";
import type { TextColumn } from "../../data/frame";
import { toggle } from "../../data/lists";
import { canQuote, readQuick, writeQuick } from "../../state/quick";
import { setView, type State } from "../../state/state";
import { Choices } from "../choices";
import { statusWords } from "../status";

const MOST = 100;

export function Values({ state, name, column }: { state: State; name: string; column: TextColumn }) {
  const { filter } = state.view.value;
  const quick = readQuick(filter, name);
  const chosen = quick && "values" in quick ? quick.values : [];
  const words = counted(column, state.table.scopeRows.value).filter(([word]) => canQuote(word));
  const choices = words.map(([word, amount]) => {
    return { key: word, words: said(state, name, word) || "“”", name: word, amount, checked: chosen.includes(word) };
  });
  const write = (values: string[]) =>
    setView(state, { filter: writeQuick(state.table.frame.peek(), filter, name, values.length > 0 ? { values } : null) });
  return (
    <fieldset class="nbt-quick">
      <legend>Values</legend>
      <Choices what="a value" from={6} most={MOST} class="nbt-values" sections={[{ choices }]} change={(word) => write(toggle(chosen, word))} />
      {chosen.length > 0 && (
        <button class="nbt-plain" onClick={() => write([])}>
          All
        </button>
      )}
    </fieldset>
  );
}

function said(state: State, name: string, word: string): string {
  if (name === "experiment_id") return state.status.value.experiments.find(({ id }) => id === word)?.name ?? word;
  return name === "status" ? statusWords(word) : word;
}
