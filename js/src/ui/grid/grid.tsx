/** How is a table of very many runs shown? Only the lines and columns in sight are in the page; the rest is arithmetic. */

import { batch, useComputed, useSignal, useSignalEffect } from "@preact/signals";
import { useLayoutEffect, useMemo, useRef } from "preact/hooks";
import { PARENT } from "../../data/tree";
import { setView, type State } from "../../state/state";
import { drawnRuns } from "../drawn";
import { bestRows } from "./best";
import { tsv } from "./copy";
import { Empty } from "./empty";
import { Header } from "./header";
import { inSight, layout, HEADER, px, ROW } from "./layout";
import { clamped } from "./moves";
import { Row } from "./row";
import { createCursor, press, reach, selectAll, toggleRun } from "./acts";

const SPARE = 4; // lines drawn beyond each edge
const NARROW = 720;

export function Grid({ state }: { state: State }) {
  const { table } = state;
  const box = useRef<HTMLDivElement>(null);
  const scroll = useSignal({ top: 0, left: 0, width: 800, height: 300 });
  const cursor = useMemo(createCursor, [state]);
  const wantsFocus = useRef(false);

  const { narrow } = table;
  const setSize = (width: number, height: number) =>
    batch(() => {
      scroll.value = { ...scroll.peek(), width, height };
      narrow.value = width < NARROW;
    });
  useLayoutEffect(() => watchSize(box.current!, setSize), []);

  const sparks = useComputed(() => sparkColumns(state));
  const tree = useComputed(() => table.lines.value.marks.some((mark) => mark & PARENT));
  const places = useComputed(() =>
    layout(table.frame.value, table.columns.value, {
      widths: state.view.value.widths,
      sparks: sparks.value,
      narrow: narrow.value,
      tree: tree.value,
    }),
  );
  const drawn = useComputed(() => drawnRuns(state));
  const all = useComputed(() => allSelected(state));
  const best = useComputed(() => bestRows(table.frame.value, table.lines.value, table.columns.value));
  const bounds = useComputed(() => ({
    lines: table.lines.value.rows.length,
    columns: table.columns.value.length + 1,
    page: Math.max(1, Math.floor((scroll.value.height - HEADER) / ROW) - 1),
  }));
  const spot = useComputed(() => {
    const { frame, lineOf } = table;
    const { line, column, run } = cursor.value;
    const row = run === null ? undefined : frame.value.rowOf.get(run);
    const now = row === undefined ? -1 : lineOf.value[row];
    return clamped({ line: line >= 0 && now >= 0 ? now : line, column }, bounds.value);
  });

  const { top, left, width, height } = scroll.value;
  const { rows, depth, marks } = table.lines.value;
  const first = Math.max(0, Math.floor(top / ROW) - SPARE);
  const last = Math.min(rows.length, Math.ceil((top + height) / ROW) + SPARE);
  const shown = Array.from({ length: Math.max(0, last - first) }, (_, i) => first + i);
  const at = spot.value;
  // The line of the cursor stays in the page, so that the focus is not lost when it is scrolled out of sight.
  if (at.line >= 0 && at.line < rows.length && (at.line < first || at.line >= last)) shown.push(at.line);
  const cells = useMemo(() => {
    const cells = inSight(places.value, left, width);
    const stood = at.column > 1 ? places.value.places[at.column - 1] : undefined;
    return stood && !cells.includes(stood) ? [...cells, stood] : cells;
  }, [places.value, left, width, at.column]);
  const ids = table.frame.value.ids;
  const { inks, hidden } = drawn.value;

  const show = () => {
    wantsFocus.current = true;
    const change = reach(box.current!, spot.value, places.value);
    if (change) scroll.value = { ...scroll.peek(), ...change };
  };
  useLayoutEffect(() => {
    if (!wantsFocus.current) return;
    wantsFocus.current = false;
    cellAt(box.current!, spot.value.line, spot.value.column)?.focus({ preventScroll: true });
  });
  // Whoever sets another filter or order wants to see the first lines of what comes.
  useSignalEffect(() => {
    void [state.view.value.filter, state.view.value.order];
    if (box.current && box.current.scrollTop > 0) box.current.scrollTop = 0;
  });

  return (
    <div
      ref={box}
      class="nbt-grid"
      role={state.view.value.tree ? "treegrid" : "grid"}
      aria-label="Runs"
      aria-rowcount={rows.length + 1}
      aria-colcount={table.columns.value.length + 1}
      aria-multiselectable="true"
      onScroll={(event) => {
        const { scrollTop, scrollLeft } = event.currentTarget;
        scroll.value = { ...scroll.peek(), top: scrollTop, left: scrollLeft };
      }}
      onKeyDown={(event) => {
        const done = press({ state, cursor, at: spot.peek(), bounds: bounds.peek(), places: places.peek() }, event);
        if (!done) return;
        event.preventDefault();
        event.stopPropagation();
        if (done === "moved") show();
      }}
      onCopy={(event) => copy(state, event, spot.peek().line)}
      onFocusIn={(event) => {
        const spotted = spotOf(event.target as Element);
        if (!spotted) return;
        const row = rows[spotted.line];
        const same = spotted.line === spot.peek().line && spotted.column === spot.peek().column;
        if (!same) cursor.value = { ...cursor.peek(), ...spotted, run: row === undefined ? null : ids[row] };
      }}
      onMouseDown={(event) => event.shiftKey && event.preventDefault()}
      onClick={(event) => click(state, cursor, event)}
      onDblClick={(event) => {
        const spotted = spotOf(event.target as Element);
        const does = (event.target as Element).closest("[data-does]");
        if (spotted && spotted.line >= 0 && !does) open(state, ids[rows[spotted.line]]);
      }}
    >
      <Header
        state={state}
        layout={places.value}
        places={cells}
        narrow={narrow.value}
        cursor={at.line === -1 ? at.column : -1}
        all={all.value}
      />
      <div class="nbt-lines" role="rowgroup" style={{ height: px(rows.length * ROW), width: px(places.value.total) }}>
        {shown.map((line) => {
          const row = rows[line];
          const id = ids[row];
          return (
            <Row
              key={id}
              state={state}
              frame={table.frame.value}
              row={row}
              line={line}
              depth={depth[line]}
              mark={marks[line]}
              selected={table.selected.value.has(id)}
              hidden={hidden.has(id)}
              color={inks.get(id)?.color}
              dash={inks.get(id)?.dash.join(" ") ?? ""}
              layout={places.value}
              places={cells}
              narrow={narrow.value}
              best={best.value}
              cursor={at.line === line ? at.column : -1}
            />
          );
        })}
      </div>
      {rows.length === 0 && <Empty state={state} />}
    </div>
  );
}

function open(state: State, run: string): void {
  setView(state, { focus: run, tab: "run" });
}

function watchSize(element: HTMLElement, say: (width: number, height: number) => void): () => void {
  const observer = new ResizeObserver(() => say(element.clientWidth, element.clientHeight));
  observer.observe(element);
  return () => observer.disconnect();
}

/** Metric columns of which the browser has some history. */
function sparkColumns(state: State): ReadonlySet<string> {
  state.seriesRev.value;
  const found = new Set<string>();
  for (const run of state.book.runs()) {
    for (const key of state.book.keys(run)) if ((state.book.get(run, key)?.length ?? 0) > 1) found.add(`metrics.${key}`);
  }
  return found;
}

function allSelected(state: State): boolean | "mixed" {
  const { rows } = state.table.lines.value;
  const selected = state.table.selected.value;
  if (selected.size === 0 || rows.length === 0) return false;
  const { ids } = state.table.frame.value;
  return rows.every((row) => selected.has(ids[row])) ? true : "mixed";
}

function spotOf(element: Element): { line: number; column: number } | null {
  const cell = element.closest<HTMLElement>("[data-column]");
  const row = cell?.closest<HTMLElement>("[data-line]");
  return cell && row ? { line: Number(row.dataset.line), column: Number(cell.dataset.column) } : null;
}

function cellAt(box: HTMLElement, line: number, column: number): HTMLElement | null {
  return box.querySelector(`[data-line="${line}"] [data-column="${column}"]`);
}

function click(state: State, cursor: ReturnType<typeof createCursor>, event: MouseEvent): void {
  const target = event.target as Element;
  const spotted = spotOf(target);
  if (!spotted) return;
  if (spotted.line < 0) {
    if (spotted.column === 0) selectAll(state, allSelected(state) !== true);
    return;
  }
  const row = state.table.lines.peek().rows[spotted.line];
  const id = state.table.frame.peek().ids[row];
  const does = target.closest<HTMLElement>("[data-does]")?.dataset.does;
  const view = state.view.peek();
  if (does === "fold") setView(state, { collapsed: flip(view.collapsed, id) });
  else if (does === "hide") setView(state, { hidden: flip(view.hidden, id) });
  else if (does === "open" && !event.shiftKey && !event.ctrlKey && !event.metaKey) open(state, id);
  else toggleRun(state, cursor, spotted.line, {
    range: event.shiftKey,
    toggle: spotted.column === 0 || event.ctrlKey || event.metaKey,
  });
}

export const flip = (list: readonly string[], id: string): string[] =>
  list.includes(id) ? list.filter((other) => other !== id) : [...list, id];

/** Text that was marked by hand is copied as it is. */
function copy(state: State, event: ClipboardEvent, line: number): void {
  const marked = (event.currentTarget as Element).ownerDocument.getSelection();
  if (marked && !marked.isCollapsed && marked.toString().trim() !== "") return;
  const { table } = state;
  const { rows } = table.lines.peek();
  const selected = table.selected.peek();
  const { ids } = table.frame.peek();
  const chosen = selected.size > 0 ? rows.filter((row) => selected.has(ids[row])) : rows.slice(line, line + 1);
  if (line < 0 && selected.size === 0) return;
  event.clipboardData?.setData("text/plain", tsv(table.frame.peek(), [...chosen], table.columns.peek()));
  event.preventDefault();
  event.stopPropagation();
  state.said.value = `Copied ${chosen.length} ${chosen.length === 1 ? "run" : "runs"}.`;
}
