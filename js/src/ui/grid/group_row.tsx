/** How is a group of runs drawn as a line: what its runs have in common, and what their numbers come to? */

import { label } from "../../data/columns";
import type { Column, Frame } from "../../data/frame";
import { summary, type RunGroup } from "../../data/groups";
import { FOLDED } from "../../data/tree";
import type { State } from "../../state/state";
import { duration, num } from "../format";
import { Icon } from "../icons";
import { aligned, BOX, px, ROW, type Layout, type Place } from "./layout";
import { at, Box } from "./row";

interface GroupRowProps {
  state: State;
  frame: Frame;
  layout: Layout;
  places: Place[];
  group: RunGroup;
  line: number;
  top: number;
  mark: number;
  cursor: number;
}

export function GroupRow({ state, frame, layout, places, group, line, top, mark, cursor }: GroupRowProps) {
  const selected = state.table.selected.value;
  const chosen = group.rows.reduce((n, row) => n + +selected.has(frame.ids[row]), 0);
  const checked = chosen === 0 ? false : chosen === group.rows.length ? true : "mixed";
  const title = titleOf(state, group);
  const folded = (mark & FOLDED) !== 0;
  return (
    <div
      role="row"
      class="nbt-row nbt-group-row"
      style={{ top: px(top * ROW), width: px(layout.total) }}
      data-line={line}
      aria-rowindex={line + 2}
      aria-level={1}
      aria-expanded={!folded}
    >
      <div class="nbt-sticky" style={{ width: px(layout.sticky) }}>
        <div {...at(0, cursor)} class="nbt-cell nbt-boxes" style={{ left: px(0), width: px(BOX) }}>
          <Box checked={checked} />
        </div>
        <div {...at(1, cursor)} class="nbt-cell nbt-name" style={{ left: px(BOX), width: px(layout.places[0].width), paddingLeft: "4px" }}>
          <button class="nbt-twisty" data-does="fold" tabIndex={-1} aria-label={`${folded ? "Show" : "Hide"} the runs of ${title}`}>
            <Icon name={folded ? "right" : "down"} />
          </button>
          <span class="nbt-ellipsis" title={title}>
            {title}
          </span>
          <span class="nbt-group-size" title={`${group.rows.length} runs`}>
            {group.rows.length}
          </span>
        </div>
      </div>
      {places.map((place) => (
        <div
          key={place.name}
          {...at(layout.places.indexOf(place) + 1, cursor)}
          class={place.right ? "nbt-cell nbt-right" : "nbt-cell"}
          style={{ left: px(place.left), width: px(place.width) }}
        >
          <Together column={frame.columns.get(place.name)} group={group} place={place} />
        </div>
      ))}
    </div>
  );
}

function titleOf(state: State, { values }: RunGroup): string {
  const names = state.view.value.group;
  return values.map((value, i) => `${label(names[i] ?? "")} ${value ?? "–"}`).join(", ");
}

/** Numbers as mean ± standard deviation; text where it is the same for all. */
function Together({ column, group, place }: { column: Column | undefined; group: RunGroup; place: Place }) {
  if (!column || place.name === "status" || place.name.endsWith("_time")) return null;
  if (column.kind === "text") return <Common column={column} rows={group.rows} />;
  const { n, mean, sd, min, max } = summary(column, group.rows);
  if (n === 0) return <span class="nbt-missing" aria-label="no value" />;
  const write = (value: number) => (place.name === "duration" ? duration(value) : aligned(value, place.decimals));
  const spread = Number.isNaN(sd) ? "" : ` ± ${place.name === "duration" ? duration(sd) : num(Number(sd.toPrecision(2)))}`;
  const title = `n = ${n}\nmean ${mean}${Number.isNaN(sd) ? "" : `\nstandard deviation ${sd}`}\nmin ${min}\nmax ${max}`;
  return (
    <span title={title}>
      {write(mean)}
      <span class="nbt-dim">{spread}</span>
    </span>
  );
}

function Common({ column, rows }: { column: Extract<Column, { kind: "text" }>; rows: Uint32Array }) {
  const codes = new Set<number>();
  for (const row of rows) codes.add(column.codes[row]);
  const [code] = codes;
  if (codes.size > 1) return <span class="nbt-dim">{codes.size} values</span>;
  if (code === undefined || code < 0) return <span class="nbt-missing" aria-label="no value" />;
  return <span>{column.words[code]}</span>;
}
