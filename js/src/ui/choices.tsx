/** A list to tick from, and where it is long, a box that finds things in it. */

import { useSignal } from "@preact/signals";

export interface Choice {
  key: string;
  words: string;
  checked: boolean;
  amount?: number;
  /** What is sought in, and shown on pointing, beside the words. */
  name?: string;
  /** Listed only where it is sought or ticked. */
  rare?: boolean;
}

export interface Section {
  title?: string;
  choices: readonly Choice[];
  /** Ticks all that are found, or none of them. */
  all?: (keys: string[], on: boolean) => void;
}

interface ChoicesProps {
  /** Says what the box finds: "a column". */
  what: string;
  sections: readonly Section[];
  change: (key: string, on: boolean) => void;
  /** From as many on there is a box. */
  from?: number;
  /** Of a section with very many, the first are listed; the box finds the rest. */
  most?: number;
  class?: string;
}

export function Choices({ what, sections, change, from = 8, most = 200, class: name = "" }: ChoicesProps) {
  const search = useSignal("");
  const wanted = search.value.toLowerCase();
  const isFound = ({ words, name = "", rare, checked }: Choice) =>
    wanted === "" ? !rare || checked : `${words} ${name}`.toLowerCase().includes(wanted);
  const size = sections.reduce((sum, { choices }) => sum + choices.length, 0);
  return (
    <>
      {size > from && (
        <input
          class="nbt-input"
          placeholder={`Find ${what}`}
          aria-label={`Find ${what}`}
          value={search.value}
          onInput={(event) => (search.value = event.currentTarget.value)}
        />
      )}
      <div class={`nbt-choices ${name}`}>
        {sections.map((section) => (
          <Listed key={section.title} {...section} choices={section.choices.filter(isFound)} change={change} most={most} />
        ))}
      </div>
    </>
  );
}

function Listed({ title, choices, all, change, most }: Section & Required<Pick<ChoicesProps, "change" | "most">>) {
  if (choices.length === 0) return null;
  const keys = choices.map(({ key }) => key);
  return (
    <fieldset class="nbt-group">
      {title !== undefined && (
        <legend>
          {title} <span class="nbt-amount">{choices.length}</span>
          <span class="nbt-space" />
          {all && (
            <>
              <button class="nbt-plain" aria-label={`Show all ${title}`} onClick={() => all(keys, true)}>
                All
              </button>
              <button class="nbt-plain" aria-label={`Show no ${title}`} onClick={() => all(keys, false)}>
                None
              </button>
            </>
          )}
        </legend>
      )}
      {choices.slice(0, most).map(({ key, words, checked, amount, name }) => (
        <label key={key} class="nbt-choice">
          <input type="checkbox" checked={checked} onChange={(event) => change(key, event.currentTarget.checked)} />
          <span class="nbt-ellipsis" title={name ?? words}>
            {words}
          </span>
          {amount !== undefined && <span class="nbt-amount">{amount.toLocaleString("en")}</span>}
        </label>
      ))}
      {choices.length > most && <div class="nbt-dim nbt-more">{(choices.length - most).toLocaleString("en")} more: search for them</div>}
    </fieldset>
  );
}
