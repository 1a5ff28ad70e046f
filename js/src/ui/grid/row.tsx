/** How is one run drawn as a line of the table? */

import { Component } from "preact";
import type { Frame } from "../../data/frame";
import type { Heat } from "../../data/heat";
import { CONTEXT, FOLDED, PARENT, PINNED } from "../../data/tree";
import type { State } from "../../state/state";
import { nameOf } from "../../state/table";
import { Icon } from "../icons";
import type { Best } from "./best";
import { at, Box } from "./box";
import { CellBody } from "./cells";
import { BOX, px, ROW, type Layout, type Place } from "./layout";

export interface RowProps {
  state: State;
  frame: Frame;
  row: number;
  line: number;
  /** Lines above it in the part of the table that it is in. */
  top: number;
  depth: number;
  mark: number;
  selected: boolean;
  hidden: boolean;
  /** Its colour and its dashes, where charts draw the run. */
  color: string | undefined;
  dash: string;
  layout: Layout;
  places: Place[];
  narrow: boolean;
  best: Best;
  heat: Heat;
  /** Changed here, and not yet by the kernel. */
  pending: boolean;
  /** The column of the cursor where it is on this line, else -1. */
  cursor: number;
}

/** Reads no signals itself: a line is drawn anew only when something of it changed, whatever the table scrolls to. */
export class Row extends Component<RowProps> {
  override shouldComponentUpdate(next: RowProps): boolean {
    return (Object.keys(next) as (keyof RowProps)[]).some((name) => next[name] !== this.props[name]);
  }
  override render() {
    return <Line {...this.props} />;
  }
}

function Line(props: RowProps) {
  const { frame, row, line, top, mark, selected, layout, places, cursor } = props;
  const classes = ["nbt-row", selected && "nbt-selected", mark & CONTEXT && "nbt-context", mark & PINNED && "nbt-pinned", props.pending && "nbt-pending"];
  return (
    <div
      role="row"
      class={classes.filter(Boolean).join(" ")}
      style={{ top: px(top * ROW), width: px(layout.total) }}
      data-line={line}
      aria-rowindex={line + 2}
      aria-selected={selected}
      aria-level={props.depth + 1}
      aria-expanded={mark & PARENT ? !(mark & FOLDED) : undefined}
    >
      <div class="nbt-sticky" style={{ width: px(layout.sticky) }}>
        <div {...at(0, cursor)} class="nbt-cell nbt-boxes" style={{ left: px(0), width: px(BOX) }}>
          <Box checked={selected} color={selected ? props.color : undefined} name={`Select ${nameOf(frame, row)}`} />
          <Swatch color={props.color} dash={props.dash} hidden={props.hidden} name={nameOf(frame, row)} />
        </div>
        <NameCell {...props} />
        {layout.places.slice(1, layout.frozen).map((place) => cell(props, place))}
      </div>
      {places.map((place) => cell(props, place))}
    </div>
  );
}

function cell({ state, frame, row, layout, cursor, narrow, ...props }: RowProps, place: Place) {
  const heat = props.heat.get(place.name)?.(row) ?? null;
  return (
    <div
      key={place.name}
      {...at(layout.places.indexOf(place) + 1, cursor)}
      class={place.right ? "nbt-cell nbt-right" : "nbt-cell"}
      style={{ left: px(place.left), width: px(place.width), background: heat === null ? "" : warm(heat) }}
    >
      <CellBody state={state} frame={frame} row={row} place={place} narrow={narrow} best={props.best.get(place.name)?.get(row) ?? null} />
    </div>
  );
}

/** One hue, so that it reads with every kind of eyes; strongest for the best. */
const warm = (heat: number): string => `color-mix(in srgb, var(--nbt-heat) ${Math.round(heat * 60)}%, transparent)`;

function NameCell({ frame, row, depth, mark, layout, cursor, pending }: RowProps) {
  const name = nameOf(frame, row);
  const indent = Math.min(depth, 12) * 16;
  const folded = (mark & FOLDED) !== 0;
  return (
    <div {...at(1, cursor)} class="nbt-cell nbt-name" data-does="open" style={{ left: px(BOX), width: px(layout.places[0].width), paddingLeft: px((layout.tree ? 4 : 9) + indent) }}>
      {mark & PARENT ? (
        <button class="nbt-twisty" data-does="fold" tabIndex={-1} aria-label={`${folded ? "Expand" : "Collapse"} ${name}`}>
          <Icon name={folded ? "right" : "down"} />
        </button>
      ) : (
        layout.tree && <span class="nbt-twisty" />
      )}
      <span class="nbt-run-link">{name}</span>
      {pending && <span class="nbt-waiting" title="Waiting for the kernel">…</span>}
      {mark & PINNED ? <Icon name="pin" size={12} /> : null}
      <button class="nbt-row-more" data-does="menu" tabIndex={-1} aria-label={`Actions on ${name}`} title="Rename, tag, pin and more (right click, or m)" />
    </div>
  );
}

/** The line that charts draw for the run; a click hides it there. */
function Swatch({ color, dash, hidden, name }: Pick<RowProps, "color" | "dash" | "hidden"> & { name: string }) {
  if (!color) return <span class="nbt-inkling" />;
  return (
    <button
      class="nbt-inkling"
      data-does="hide"
      tabIndex={-1}
      aria-pressed={hidden}
      aria-label={`${hidden ? "Show" : "Hide"} ${name} in charts`}
      title={hidden ? "Show in charts" : "Hide in charts"}
    >
      <svg width="16" height="10" viewBox="0 0 16 10" aria-hidden="true">
        <path d="M0 5h16" stroke={color} stroke-width="3" stroke-dasharray={dash} opacity={hidden ? 0.25 : 1} />
      </svg>
    </button>
  );
}
