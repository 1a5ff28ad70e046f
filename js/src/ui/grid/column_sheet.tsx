/** What can be asked of one column: which of its values to see, what of a metric to show, how to sort, colour and group? */

import { useLayoutEffect, useRef } from "preact/hooks";
import { groupOf, label, NAME } from "../../data/columns";
import { directionOf, isTold, metricOf, PARTS, sortedBy, spelled, type Part } from "../../data/directions";
import { toggle } from "../../data/lists";
import { setView, type State } from "../../state/state";
import { hide, keep } from "../columns/change";
import { Icon } from "../icons";
import { BOX, HEADER, px, type Layout } from "./layout";
import { Range } from "./range";
import { Since } from "./since";
import { Values } from "./values";

const WIDTH = 260;

interface SheetProps {
  state: State;
  name: string;
  layout: Layout;
  scrolled: number;
  room: number;
  close: () => void;
  /** The focus has gone elsewhere. */
  leave: () => void;
}

export function ColumnSheet({ state, name, layout, scrolled, room, close, leave }: SheetProps) {
  const sheet = useRef<HTMLDivElement>(null);
  useLayoutEffect(() => {
    sheet.current!.querySelector<HTMLElement>("input, button")?.focus({ preventScroll: true });
    const page = sheet.current!.ownerDocument;
    const outside = (event: Event) => !event.composedPath().includes(sheet.current!) && close();
    page.addEventListener("pointerdown", outside, true);
    return () => page.removeEventListener("pointerdown", outside, true);
  }, [name]);
  const place = layout.places.find((each) => each.name === name);
  const left = name === NAME ? BOX : (place?.left ?? 0) - scrolled;
  return (
    <div
      ref={sheet}
      class="nbt-sheet nbt-column-sheet"
      role="dialog"
      tabIndex={-1}
      aria-label={`Column ${label(name)}`}
      style={{ top: px(HEADER), left: px(Math.max(4, Math.min(left, room - WIDTH - 4))), width: px(WIDTH) }}
      onFocusOut={({ relatedTarget }) => relatedTarget !== null && !sheet.current!.contains(relatedTarget as Node) && leave()}
      onKeyDown={(event) => {
        if (event.key !== "Escape") return;
        event.preventDefault();
        event.stopPropagation();
        close();
      }}
    >
      <Filter key={name} state={state} name={name} />
      <Shown state={state} name={name} />
      <Actions state={state} name={name} close={close} />
    </div>
  );
}

function Filter({ state, name }: { state: State; name: string }) {
  const column = state.table.frame.value.columns.get(name);
  if (name.endsWith("_time")) return <Since state={state} name={name} />;
  if (!column) return null;
  if (column.kind !== "text") return <Range state={state} name={name} column={column} />;
  const numeric = (groupOf(name) === "params" || groupOf(name) === "tags") && column.words.length > 8 && column.words.every((word) => word.trim() !== "" && !Number.isNaN(Number(word)));
  return numeric ? <Range state={state} name={name} column={column} /> : <Values state={state} name={name} column={column} />;
}

const GOALS = { min: "minimize", max: "maximize", none: "none" } as const;
const SAYS: Record<Part, string> = { last: "Last", min: "Min", max: "Max", first: "First" };

/** Of a metric: which value of its history, and which way is better. */
function Shown({ state, name }: { state: State; name: string }) {
  const frame = state.table.frame.value;
  if (groupOf(name) !== "metrics") return null;
  const { key, part } = metricOf(frame, name);
  const { directions } = state.view.value;
  const direction = directionOf(frame, directions, name);
  const told = isTold(frame, name);
  const says = (each: Part) => (each === direction ? `${SAYS[each]} (best)` : SAYS[each]);
  return (
    <>
      <fieldset class="nbt-picks">
        <legend>Show</legend>
        {PARTS.map((each) => (
          <button key={each} class="nbt-pick" aria-pressed={each === part} onClick={() => show(state, name, key, each)}>
            {says(each)}
          </button>
        ))}
      </fieldset>
      <fieldset class="nbt-picks" title={told ? `The runs say it: tag nbtrack.metric.${key}` : "Which value of this metric is marked as the best"}>
        <legend>{told ? "Goal (said by the runs)" : "Goal"}</legend>
        {(["min", "max", "none"] as const).map((each) => (
          <button
            key={each}
            class="nbt-pick"
            aria-pressed={each === (direction ?? "none")}
            disabled={told && each !== direction}
            onClick={() => setView(state, { directions: { ...directions, [key]: each } })}
          >
            {GOALS[each]}
          </button>
        ))}
      </fieldset>
    </>
  );
}

/** Another part of the history in the place of this one; its sort key goes with it. */
function show(state: State, name: string, key: string, part: Part): void {
  const next = `metrics.${key}${part === "last" ? "" : `.${part}`}`;
  if (next === name) return;
  const renamed = (list: readonly string[]) => [...new Set(list.map((other) => (other === name ? next : other)))];
  const frame = state.table.frame.peek();
  const before = spelled(frame, name);
  const after = `${spelled(frame, `metrics.${key}`)}${part === "last" ? "" : `.${part}`}`;
  const order = state.view.peek().order.map((clause) => (clause.startsWith(`${before} `) ? after + clause.slice(before.length) : clause));
  const { heat, pinned_columns } = state.view.peek();
  setView(state, { columns: renamed(state.table.chosen.peek()), order, heat: renamed(heat), pinned_columns: renamed(pinned_columns) });
}

function Actions({ state, name, close }: { state: State; name: string; close: () => void }) {
  const { group, heat, pinned_columns } = state.view.value;
  const column = state.table.frame.value.columns.get(name);
  const numeric = column?.kind !== "text" && !name.endsWith("_time");
  const sort = (way: string) => setView(state, { order: [`${sortedBy(state.table.frame.peek(), name)} ${way}`] });
  return (
    <div class="nbt-acts">
      <button class="nbt-act" onClick={() => (sort("ASC"), close())}>
        <Icon name="up" /> Sort ascending
      </button>
      <button class="nbt-act" onClick={() => (sort("DESC"), close())}>
        <Icon name="down" /> Sort descending
      </button>
      {numeric && (
        <button class="nbt-act" aria-pressed={heat.includes(name)} onClick={() => setView(state, { heat: toggle(heat, name) })}>
          <Icon name="heat" /> Color by value
        </button>
      )}
      {column?.kind === "text" && (
        <button class="nbt-act" aria-pressed={group.includes(name)} onClick={() => (setView(state, { group: toggle(group, name), opened: [] }), close())}>
          <Icon name="group" /> {group.includes(name) ? "Ungroup" : "Group by this"}
        </button>
      )}
      {name !== NAME && (
        <>
          <button class="nbt-act" aria-pressed={pinned_columns.includes(name)} onClick={() => (keep(state, name), close())}>
            <Icon name="pin" /> {pinned_columns.includes(name) ? "Unpin column" : "Pin column"}
          </button>
          <button class="nbt-act" onClick={() => (hide(state, [name]), close())}>
            <Icon name="close" /> Hide column
          </button>
        </>
      )}
    </div>
  );
}
