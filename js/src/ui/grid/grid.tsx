/** How is a table of very many runs shown? Only the lines and columns in sight are in the page; the rest is arithmetic. */

import { batch, useComputed, useSignal, useSignalEffect, type Signal } from "@preact/signals";
import type { RefObject } from "preact";
import { useLayoutEffect, useMemo, useRef } from "preact/hooks";
import type { State } from "../../state/state";
import { press } from "./acts";
import { ColumnSheet } from "./column_sheet";
import { Empty } from "./empty";
import { useFacts, type Facts } from "./facts";
import { useFocus, type Focus } from "./focus";
import { Header } from "./header";
import { HEADER, px, ROW } from "./layout";
import { Lines } from "./lines";
import { asksMenu, cellAt, click, copy, doubleClick, spotOf } from "./mouse";
import { createCursor } from "./moves";
import type { Place } from "./place";
import { RowMenu, type Asked } from "./row_menu";
import { createStill } from "./still";
import { createTips } from "./tips";
import { useSparks } from "./sparks";
import { columnsInSight, followSideways, type Scroll } from "./sight";

const NARROW = 720;

export function Grid({ state }: { state: State }) {
  const { table } = state;
  const box = useRef<HTMLDivElement>(null);
  const scroll = useSignal<Scroll>({ top: 0, left: 0, width: 800, height: 300 });
  const cursor = useMemo(createCursor, [state]);
  const sheet = useSignal<string | null>(null);
  const menu = useSignal<Asked | null>(null);
  const facts = useFacts(state, scroll, cursor);
  const still = useMemo(createStill, [state]);
  const tips = useMemo(() => createTips(state, facts), [state]);
  const focus = useFocus(box, scroll, facts);
  useSize(box, scroll, table.narrow);
  useTop(state, box);
  useLead(state, box, facts);
  useReturn(state, focus);
  useSparks(state, facts, scroll, still.moving);
  const at = facts.spot.value;
  const layout = facts.layout.value;
  const { left, width } = scroll.value;
  const places = useMemo(() => columnsInSight(layout, scroll.peek(), at), [layout, left, width, at.column]);
  const total = table.lines.value.rows.length;
  const pins = facts.pins.value;
  const parts = { state, facts, places };
  return (
    <>
      <div
        ref={box}
        class="nbt-grid"
        role={state.view.value.tree ? "treegrid" : "grid"}
        aria-label="Runs"
        aria-rowcount={total + 1}
        aria-colcount={table.columns.value.length + 1}
        aria-multiselectable="true"
        onScroll={(event) => {
          const { scrollTop, scrollLeft } = event.currentTarget;
          scroll.value = { ...scroll.peek(), top: scrollTop, left: scrollLeft };
          sheet.value = menu.value = null;
          tips.clear();
          still.moved(event.currentTarget);
        }}
        onMouseOver={tips.over}
        {...listeners({ state, cursor, facts, sheet, menu, focus, cell: () => cellAt(box.current!, facts.spot.peek()) })}
      >
        <Header {...parts} sheet={sheet} />
        {pins > 0 && (
          <div class="nbt-pins" role="rowgroup" aria-label="Pinned" style={{ top: px(HEADER), height: px(pins * ROW), width: px(layout.total) }}>
            <Lines {...parts} part="pins" scroll={scroll} moving={still.moving} />
          </div>
        )}
        <div class="nbt-lines" role="rowgroup" style={{ height: px((total - pins) * ROW), width: px(layout.total) }}>
          <Lines {...parts} part="rest" scroll={scroll} moving={still.moving} />
        </div>
        {total === 0 && <Empty state={state} />}
      </div>
      {sheet.value !== null && <ColumnSheet state={state} name={sheet.value} layout={layout} scrolled={left} room={width} close={() => closeSheet(box.current!, sheet)} leave={() => (sheet.value = null)} />}
      {menu.value !== null && (
        <RowMenu
          state={state}
          asked={menu.value}
          close={() => {
            menu.value = null;
            cellAt(box.current!, facts.spot.peek())?.focus({ preventScroll: true });
          }}
        />
      )}
    </>
  );
}

interface Heard extends Pick<Place, "state" | "cursor" | "sheet" | "menu" | "cell"> {
  facts: Facts;
  focus: Focus;
}

function listeners({ facts, focus, ...rest }: Heard) {
  const { state, cursor, menu } = rest;
  const { spot, bounds, layout } = facts;
  return {
    onKeyDown(event: KeyboardEvent) {
      const done = press({ ...rest, at: spot.peek(), bounds: bounds.peek(), places: layout.peek(), best: facts.best.peek() }, event);
      if (!done) return;
      event.preventDefault();
      event.stopPropagation();
      if (done === "moved") focus.show();
    },
    onCopy: (event: ClipboardEvent) => copy(state, event, spot.peek().line),
    onFocusOut: focus.went,
    onFocusIn(event: FocusEvent) {
      focus.came(event);
      const spotted = spotOf(event.target as Element);
      if (!spotted) return;
      const name = layout.peek().places[spotted.column - 1]?.name ?? null;
      cursor.value = { ...cursor.peek(), ...spotted, name, run: state.table.idAt(spotted.line) };
    },
    onMouseDown: (event: MouseEvent) => event.shiftKey && event.preventDefault(),
    onClick(event: MouseEvent) {
      if ((event.target as Element).closest("[data-does=menu]")) menu.value = asksMenu(state, event);
      else click(state, cursor, facts.all.peek(), event);
    },
    // Shift brings the browser's own menu, as in JupyterLab.
    onContextMenu(event: MouseEvent) {
      const asked = event.shiftKey ? null : asksMenu(state, event);
      if (!asked) return;
      event.preventDefault();
      event.stopPropagation();
      menu.value = asked;
    },
    onDblClick: (event: MouseEvent) => doubleClick(state, event),
  };
}

function useSize(box: RefObject<HTMLDivElement | null>, scroll: Signal<Scroll>, narrow: Signal<boolean>): void {
  useLayoutEffect(() => {
    const element = box.current!;
    const observer = new ResizeObserver(() =>
      batch(() => {
        scroll.value = { ...scroll.peek(), width: element.clientWidth, height: element.clientHeight };
        narrow.value = element.clientWidth < NARROW;
      }),
    );
    observer.observe(element);
    const leave = followSideways(element);
    return () => (observer.disconnect(), leave());
  }, []);
}

/** Whoever sets another filter or order wants to see the first lines of what comes. */
function useTop(state: State, box: RefObject<HTMLDivElement | null>): void {
  const asked = useComputed(() => JSON.stringify([state.view.value.filter, state.view.value.order]));
  useSignalEffect(() => {
    void asked.value; // other settings leave the lines where they are
    if (box.current && box.current.scrollTop > 0) box.current.scrollTop = 0;
  });
}

/** A column that somebody sorts by stands where it is seen; one that is out of sight comes first in its family. */
function useLead(state: State, box: RefObject<HTMLDivElement | null>, { layout }: Facts): void {
  const first = useComputed(() => state.table.sortings.value[0]?.name ?? null);
  const drawn = useComputed(() => state.table.scopeRows.value.length > 0);
  useSignalEffect(() => {
    const name = first.value;
    if (name === null || !drawn.value) return;
    const { places, frozen } = layout.peek();
    const at = places.findIndex((place) => place.name === name);
    const { scrollLeft, clientWidth } = box.current!;
    const isSeen = at >= 0 && (at < frozen || places[at].left + places[at].width / 2 < scrollLeft + clientWidth);
    if (!isSeen) state.table.lead.value = [name];
  });
}

/** Runs that come back are brought into sight. */
function useReturn(state: State, focus: Focus): void {
  const back = useComputed(() => state.edits.back.value.find((id) => (state.table.lineOf.value[state.frame.value.rowOf.get(id) ?? -1] ?? -1) >= 0) ?? null);
  useSignalEffect(() => {
    const run = back.value;
    if (run === null) return;
    focus.see(state.table.lineOf.peek()[state.frame.peek().rowOf.get(run)!]);
    state.edits.back.value = [];
  });
}

function closeSheet(box: HTMLElement, sheet: Signal<string | null>): void {
  const name = sheet.peek();
  sheet.value = null;
  box.querySelector<HTMLElement>(`.nbt-head[data-name="${CSS.escape(name ?? "")}"]`)?.focus();
}
