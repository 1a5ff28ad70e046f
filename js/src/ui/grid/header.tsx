/** What stands above the columns, and what can be done there: sort, move, resize. */

import type { Signal } from "@preact/signals";
import type { TargetedPointerEvent } from "preact";
import { useRef } from "preact/hooks";
import { groupOf, label, NAME } from "../../data/columns";
import { readQuick } from "../../state/quick";
import type { State } from "../../state/state";
import { moveBefore, resize, sortBy } from "../columns/change";
import { Icon } from "../icons";
import { Box } from "./box";
import type { Facts } from "./facts";
import { Bands } from "./bands";
import { BAND, BOX, HEADER, px, type Layout, type Place } from "./layout";

interface HeaderProps {
  state: State;
  facts: Facts;
  places: Place[];
  /** The column whose sheet is open. */
  sheet: Signal<string | null>;
}

export function Header({ state, facts, places, sheet }: HeaderProps) {
  const layout = facts.layout.value;
  const at = facts.spot.value;
  const cursor = at.line === -1 ? at.column : -1;
  const cell = (place: Place) => (
    <HeaderCell key={place.name} state={state} layout={layout} place={place} column={layout.places.indexOf(place) + 1} cursor={cursor} sheet={sheet} />
  );
  return (
    <div role="row" class="nbt-header" style={{ width: px(layout.total), height: px(HEADER) }} data-line={-1} aria-rowindex={1}>
      <div class="nbt-sticky" style={{ width: px(layout.sticky) }}>
        <div
          role="columnheader"
          aria-colindex={1}
          data-column={0}
          tabIndex={cursor === 0 ? 0 : -1}
          class="nbt-cell nbt-boxes"
          style={{ left: px(0), width: px(BOX), ...BELOW_BAND }}
        >
          <Box checked={facts.all.value} name="Select all shown" />
        </div>
        {layout.places.slice(0, layout.frozen).map(cell)}
      </div>
      <Bands state={state} layout={layout} />
      {places.map(cell)}
    </div>
  );
}

const BELOW_BAND = { top: px(BAND), height: px(HEADER - BAND) };

interface CellProps extends Pick<HeaderProps, "state" | "sheet"> {
  layout: Layout;
  place: Place;
  column: number;
  cursor: number;
}

function HeaderCell({ state, layout, place, column, cursor, sheet }: CellProps) {
  const { name } = place;
  const keys = state.table.sortings.value;
  const rank = keys.findIndex((key) => key.name === name);
  const direction = rank < 0 ? "none" : keys[rank].descending ? "descending" : "ascending";
  const { drags, dropped } = useDrag(state, layout, place);
  const group = groupOf(name);
  const bare = name === "status" && state.table.narrow.value;
  return (
    <div
      role="columnheader"
      aria-colindex={column + 1}
      aria-sort={direction}
      aria-haspopup="dialog"
      data-column={column}
      data-name={name}
      tabIndex={cursor === column ? 0 : -1}
      class={`nbt-cell nbt-head${place.right ? " nbt-right" : ""}${rank >= 0 ? " nbt-sorted" : ""}`}
      style={{ left: px(place.left), width: px(place.width), ...BELOW_BAND, ...(name === NAME && layout.tree && { paddingLeft: "22px" }) }}
      title={`${group === "attributes" ? label(name) : name}\nClick to sort, shift-click to sort by more. Drag to move. Alt+↓ for column options.`}
      {...drags}
      onClick={(event) => {
        // The browser sends a click after a drag, too.
        if (!dropped.current) sortBy(state, name, event.shiftKey);
        dropped.current = false;
      }}
    >
      <span class={bare ? "nbt-sr" : "nbt-head-text"}>{label(name)}</span>
      {rank >= 0 && (
        <span class="nbt-arrow" aria-hidden="true">
          <Icon name={direction === "ascending" ? "up" : "down"} size={12} />
          {keys.length > 1 && <sup>{rank + 1}</sup>}
        </span>
      )}
      <ColumnMenu state={state} name={name} sheet={sheet} />
      <Resize state={state} place={place} />
    </div>
  );
}

/** Opens the sheet of the column; stays in sight where the filter speaks of it. */
function ColumnMenu({ state, name, sheet }: { state: State; name: string; sheet: Signal<string | null> }) {
  const filtered = readQuick(state.view.value.filter, name) !== null;
  const open = sheet.value === name;
  return (
    <button
      class={`nbt-funnel${filtered ? " nbt-filtered" : ""}`}
      tabIndex={-1}
      aria-label={`Column options: ${label(name)}`}
      title={`Column options: ${label(name)}`}
      aria-expanded={open}
      // Whoever clicks while it is open closes it: by the click elsewhere, so that this one must not open it again.
      onPointerDown={(event) => {
        event.stopPropagation();
        event.currentTarget.dataset["was"] = String(open);
      }}
      onClick={(event) => {
        event.stopPropagation();
        sheet.value = event.currentTarget.dataset["was"] === "true" ? null : name;
      }}
    >
      <Icon name="funnel" size={11} />
    </button>
  );
}

/** What a header listens to while it is dragged to another place, and whether it was. */
function useDrag(state: State, layout: Layout, place: Place) {
  const drag = useRef<{ from: number; moved: boolean } | null>(null);
  const dropped = useRef(false);
  const end = (element: HTMLElement) => {
    drag.current = null;
    element.style.transform = "";
    element.classList.remove("nbt-dragged");
  };
  const drags = {
    onPointerDown(event: PointerEvent) {
      if (event.button !== 0 || place.name === NAME || (event.target as Element).closest(".nbt-resize")) return;
      drag.current = { from: event.clientX, moved: false };
    },
    onPointerMove(event: TargetedPointerEvent<HTMLElement>) {
      const held = drag.current;
      if (!held || (!held.moved && Math.abs(event.clientX - held.from) < 5)) return;
      if (!held.moved) event.currentTarget.setPointerCapture(event.pointerId);
      held.moved = true;
      event.currentTarget.style.transform = `translateX(${event.clientX - held.from}px)`;
      event.currentTarget.classList.add("nbt-dragged");
    },
    onPointerUp(event: TargetedPointerEvent<HTMLElement>) {
      const held = drag.current;
      end(event.currentTarget);
      dropped.current = held?.moved ?? false;
      if (held?.moved) drop(state, layout, place, event.clientX - held.from);
    },
    onPointerCancel: (event: TargetedPointerEvent<HTMLElement>) => end(event.currentTarget),
  };
  return { drags, dropped };
}

/** Put a column where the pointer let it go. */
function drop(state: State, layout: Layout, place: Place, by: number): void {
  const middle = place.left + place.width / 2 + by;
  const next = layout.places.slice(1).find((other) => other !== place && other.left + other.width / 2 > middle);
  moveBefore(state, place.name, next?.name ?? null);
}

function Resize({ state, place }: { state: State; place: Place }) {
  const from = useRef<number | null>(null);
  return (
    <span
      class="nbt-resize"
      aria-hidden="true"
      onPointerDown={(event) => {
        event.stopPropagation();
        event.currentTarget.setPointerCapture(event.pointerId);
        from.current = event.clientX - place.width;
      }}
      onPointerMove={(event) => from.current !== null && resize(state, place.name, event.clientX - from.current)}
      onPointerUp={() => (from.current = null)}
      onPointerCancel={() => (from.current = null)}
      onClick={(event) => event.stopPropagation()}
      onDblClick={() => resize(state, place.name, null)}
    />
  );
}
