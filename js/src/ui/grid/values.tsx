/** Which words of a column are to be seen? Each with how many runs have it. */

import { useSignal } from "@preact/signals";
import { counted } from "../../data/bins";
import type { TextColumn } from "../../data/frame";
import { canQuote, readQuick, writeQuick } from "../../state/quick";
import { setView, type State } from "../../state/state";
import { statusWords } from "../status";

const MOST = 100;

export function Values({ state, name, column }: { state: State; name: string; column: TextColumn }) {
  const search = useSignal("");
  const { filter } = state.view.value;
  const quick = readQuick(filter, name);
  const chosen = quick && "values" in quick ? quick.values : [];
  const words = counted(column, state.table.scopeRows.value).filter(([word]) => canQuote(word));
  const wanted = search.value.toLowerCase();
  const found = words.filter(([word]) => `${word} ${said(state, name, word)}`.toLowerCase().includes(wanted));
  const write = (values: string[]) =>
    setView(state, { filter: writeQuick(state.table.frame.peek(), filter, name, values.length > 0 ? { values } : null) });
  return (
    <fieldset class="nbt-quick">
      <legend>Values</legend>
      {words.length > 6 && (
        <input class="nbt-input" placeholder="Find a value" aria-label="Find a value" value={search.value} onInput={(event) => (search.value = event.currentTarget.value)} />
      )}
      <div class="nbt-choices nbt-values">
        {found.slice(0, MOST).map(([word, count]) => (
          <label key={word} class="nbt-choice">
            <input
              type="checkbox"
              checked={chosen.includes(word)}
              onChange={(event) => write(event.currentTarget.checked ? [...chosen, word] : chosen.filter((other) => other !== word))}
            />
            <span class="nbt-ellipsis" title={word}>
              {said(state, name, word) || "“”"}
            </span>
            <span class="nbt-amount">{count.toLocaleString("en")}</span>
          </label>
        ))}
        {found.length > MOST && <div class="nbt-dim nbt-more">{(found.length - MOST).toLocaleString("en")} more: search for them</div>}
      </div>
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
