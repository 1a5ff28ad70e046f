/** Since when? Times are asked for as people speak of them. */

import { duration } from "../../query/values";
import { readSince, writeSince } from "../../state/quick";
import { setView, type State } from "../../state/state";

const SPANS = [
  ["1h", "hour"],
  ["24h", "24 hours"],
  ["7d", "7 days"],
  ["30d", "30 days"],
] as const;

export function Since({ state, name }: { state: State; name: string }) {
  const { filter } = state.view.value;
  const now = readSince(filter, name);
  const write = (span: string | null) => setView(state, { filter: writeSince(state.table.frame.peek(), filter, name, span) });
  return (
    <fieldset class="nbt-picks nbt-quick">
      <legend>In the last</legend>
      {SPANS.map(([span, says]) => (
        <button key={span} class="nbt-pick" aria-pressed={now === duration(span)} onClick={() => write(now === duration(span) ? null : span)}>
          {says}
        </button>
      ))}
    </fieldset>
  );
}
