/** Where does a person say which runs to see? Evaluated while typing; what cannot be read is shown where it is wrong. */

import { useSignal, useSignalEffect, type Signal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { corrected, evaluate, type Filtered, type FilterError } from "../../state/filter";
import { setView, type State } from "../../state/state";
import { historyOf } from "../../state/table";
import { Icon } from "../icons";
import { List, type Offer } from "./list";
import { offers, searchOffer } from "./offers";

/** From as many runs on, a filter waits until the typing pauses. */
const MANY = 20_000;
const PAUSE_MS = 120;

/** What is wrong with the filter, and how it is corrected. */
export interface Wrong {
  error: FilterError;
  correct: (meant: string) => void;
}

export function FilterBox({ state, wrong }: { state: State; wrong: Signal<Wrong | null> }) {
  const draft = useSignal(state.view.peek().filter);
  const error = useSignal<Filtered["error"]>(null);
  const input = useRef<HTMLInputElement>(null);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  const open = useSignal<{ list: Offer[]; at: number } | null>(null);
  const scrolled = useSignal(0);

  // Set from elsewhere: by Python, by "clear filter", by another view of the same model.
  useSignalEffect(() => {
    const { filter } = state.view.value;
    if (filter !== applied.current) {
      applied.current = filter;
      draft.value = filter;
      error.value = state.table.filtered.peek().error;
    }
  });
  const applied = useRef(state.view.peek().filter);
  useEffect(() => () => clearTimeout(timer.current), []);

  const apply = () => {
    const text = draft.peek();
    const found = evaluate(state.table.frame.peek(), text, historyOf(state));
    error.value = found.error;
    if (found.error) return;
    applied.current = text;
    if (text !== state.view.peek().filter) setView(state, { filter: text });
  };
  const write = (text: string, caret: number, list = true) => {
    draft.value = text;
    clearTimeout(timer.current);
    if (state.frame.peek().length > MANY) timer.current = setTimeout(apply, PAUSE_MS);
    else apply();
    const found = list ? offers(state, text, caret) : [];
    open.value = found.length > 0 ? { list: found, at: -1 } : null;
  };
  const take = (offer: Offer) => {
    const text = draft.peek().slice(0, offer.start) + offer.insert + draft.peek().slice(offer.end);
    const caret = offer.start + offer.insert.length;
    write(text, caret, !offer.search);
    queueMicrotask(() => input.current?.setSelectionRange(caret, caret));
  };
  const press = (event: KeyboardEvent) => {
    const search = searchOffer(state, draft.peek())[0];
    if (event.key === "Enter" && search && (open.peek()?.at ?? -1) < 0) take(search);
    else if (!pressed(event, open, take, () => leave(input.current!))) return;
    event.preventDefault();
    event.stopPropagation();
  };
  // While completions are offered, what is there is not finished, and no mistake.
  const settled = draft.value === state.view.value.filter ? state.table.filtered.value.error : null;
  const shown = open.value ? null : (error.value ?? settled);
  const told = shown?.message ?? "";
  useEffect(() => {
    const correct = (meant: string) => {
      write(corrected(draft.peek(), shown!, meant), 0, false);
      input.current?.focus();
    };
    wrong.value = shown && { error: shown, correct };
  }, [told, shown?.start, shown?.end, draft.value]);

  return (
    <div class="nbt-filter" role="search">
      <div class={`nbt-filter-field${shown ? " nbt-wrong" : ""}`}>
        <Icon name="search" />
        <div class="nbt-filter-text">
          {shown && <Underline text={draft.value} start={shown.start} end={shown.end} left={-scrolled.value} />}
          <input
            ref={input}
            class="nbt-filter-input"
            role="combobox"
            aria-label="Filter runs"
            aria-expanded={open.value !== null}
            aria-controls="nbt-offers"
            aria-activedescendant={open.value && open.value.at >= 0 ? `nbt-offer-${open.value.at}` : undefined}
            aria-invalid={shown !== null}
            aria-describedby={shown ? "nbt-filter-error" : undefined}
            spellcheck={false}
            autocomplete="off"
            placeholder="A name, or metrics.loss < 0.1"
            value={draft.value}
            onInput={(event) => write(event.currentTarget.value, event.currentTarget.selectionStart ?? 0)}
            onKeyDown={press}
            onScroll={(event) => (scrolled.value = event.currentTarget.scrollLeft)}
            onBlur={() => (open.value = null)}
          />
        </div>
        {draft.value !== "" && (
          <button class="nbt-plain" aria-label="Clear filter" title="Clear filter" onClick={() => (write("", 0, false), input.current?.focus())}>
            <Icon name="close" size={12} />
          </button>
        )}
      </div>
      {open.value && <List {...open.value} take={take} />}
    </div>
  );
}

/** Below the toolbar, so that it covers nothing that it speaks of. */
export function FilterProblem({ wrong }: { wrong: Signal<Wrong | null> }) {
  if (wrong.value === null) return null;
  const { error, correct } = wrong.value;
  return (
    <div id="nbt-filter-error" class="nbt-filter-error" role="alert">
      {error.message}
      {error.meant.length > 0 && " Did you mean "}
      {error.meant.map((meant, at) => (
        <>
          {at > 0 && " or "}
          <button type="button" class="nbt-textlink nbt-mono" key={meant} onClick={() => correct(meant)}>
            {meant}
          </button>
        </>
      ))}
      {error.meant.length > 0 && "?"}
    </div>
  );
}

/** Keys of the list and the box. Returns whether the key was ours. */
function pressed(
  event: KeyboardEvent,
  open: { value: { list: Offer[]; at: number } | null },
  take: (offer: Offer) => void,
  leaves: () => void,
): boolean {
  const now = open.value;
  if (event.key === "Escape") {
    if (now) open.value = null;
    else leaves();
    return true;
  }
  if (event.key === "Enter" && !(now && now.at >= 0)) {
    open.value = null;
    return true;
  }
  if (!now) return false;
  const size = now.list.length;
  if (event.key === "ArrowDown") open.value = { ...now, at: (now.at + 1) % size };
  else if (event.key === "ArrowUp") open.value = { ...now, at: (now.at + size) % (size + 1) === size ? -1 : (now.at + size) % (size + 1) };
  else if (event.key === "Enter" || (event.key === "Tab" && !event.shiftKey)) take(now.list[now.at] ?? now.list.find(({ search }) => !search) ?? now.list[0]);
  else return false;
  return true;
}

/** The focus goes back to the table, wherever in a page or a shadow tree that is. */
function leave(input: HTMLElement): void {
  input.closest(".nbt-root")?.querySelector<HTMLElement>(".nbt-grid [tabindex='0']")?.focus();
}

function Underline({ text, start, end, left }: { text: string; start: number; end: number; left: number }) {
  const to = Math.max(end, start + 1);
  return (
    <div class="nbt-underline" aria-hidden="true" style={{ transform: `translateX(${left}px)` }}>
      {text.slice(0, start)}
      <u>{text.slice(start, to) || " "}</u>
      {text.slice(to)}
    </div>
  );
}
