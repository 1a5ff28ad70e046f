/** The names of the families above the columns: Params, Metrics, Tags. */

import { automatic, groupOf, worthShowing, type Family } from "../../data/columns";
import type { State } from "../../state/state";
import { hide, show } from "../columns/change";
import { BAND, px, type Layout, type Place } from "./layout";

export const FAMILIES: Record<Family, string> = { params: "Params", metrics: "Metrics", tags: "Tags" };

export interface Band {
  family: Family;
  left: number;
  width: number;
}

/** Columns of one family that stand side by side, those that stay in sight apart. */
export function bandsOf(places: readonly Place[], frozen: number): Band[] {
  const found: Band[] = [];
  places.forEach(({ name, left, width }, i) => {
    const family = groupOf(name);
    if (family === "attributes") return;
    const last = found.at(-1);
    if (last && last.family === family && last.left + last.width === left && i !== frozen) last.width += width;
    else found.push({ family, left, width });
  });
  return found;
}

export function Bands({ state, layout }: { state: State; layout: Layout }) {
  const bands = bandsOf(layout.places.slice(layout.frozen), 0);
  return (
    <>
      {bands.map(({ family, left, width }) => (
        <div key={`${family} ${left}`} class={`nbt-band nbt-band-${family}`} style={{ left: px(left), width: px(width), height: px(BAND) }}>
          <span class="nbt-band-name" style={{ left: px(layout.sticky) }}>
            {FAMILIES[family]}
            <More state={state} family={family} />
          </span>
        </div>
      ))}
    </>
  );
}

/** Of many columns the first are shown unasked: a click shows the others, another hides them. */
function More({ state, family }: { state: State; family: Family }) {
  const { frame, scopeRows, columns } = state.table;
  const unasked = automatic(frame.value, scopeRows.value);
  const shown = new Set(columns.value);
  const others = worthShowing(frame.value, scopeRows.value, family).filter((name) => !unasked.includes(name));
  const hidden = others.filter((name) => !shown.has(name));
  if (others.length === 0 || unasked.every((name) => groupOf(name) !== family)) return null;
  const words = hidden.length > 0 ? `Show ${hidden.length} more ${family}` : `Show fewer ${family}`;
  return (
    <button class="nbt-plain" tabIndex={-1} title={words} aria-label={words} onClick={() => (hidden.length > 0 ? show(state, hidden) : hide(state, others))}>
      {hidden.length > 0 ? `+${hidden.length}` : "−"}
    </button>
  );
}
