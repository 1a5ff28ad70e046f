/** Since when? Times are asked for as people speak of them. */

import { written } from "../../query";
import { setView, type State } from "../../state/state";

const SPANS = [
  ["1h", "hour"],
  ["24h", "24 hours"],
  ["7d", "7 days"],
  ["30d", "30 days"],
] as const;

export function Since({ state, name }: { state: State; name: string }) {
  const { filter } = state.view.value;
  const mine = new RegExp(`(?:^| and )${written(name)} > now\\(\\) - '(\\w+)'(?= and |$)`, "i");
  const now = mine.exec(filter)?.[1];
  const write = (span: string | null) => {
    const rest = filter.replace(mine, "").replace(/^ and /i, "").trim();
    const or = / or /i.test(rest) ? `(${rest})` : rest;
    setView(state, { filter: span === null ? rest : [or, `${written(name)} > now() - '${span}'`].filter(Boolean).join(" and ") });
  };
  return (
    <fieldset class="nbt-picks nbt-quick">
      <legend>In the last</legend>
      {SPANS.map(([span, says]) => (
        <button key={span} class="nbt-pick" aria-pressed={now === span} onClick={() => write(now === span ? null : span)}>
          {says}
        </button>
      ))}
    </fieldset>
  );
}
