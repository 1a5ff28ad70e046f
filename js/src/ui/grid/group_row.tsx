/** How is a group of runs drawn as a line: what its runs have in common, and what their numbers come to? */

import { label } from "../../data/columns";
import type { Column, Frame } from "../../data/frame";
import { spreadOf, summary, type RunGroup, type Summary } from "../../data/groups";
import { half95 } from "../../data/student";
import { FOLDED } from "../../data/tree";
import type { State } from "../../state/state";
import { brief, duration, num } from "../format";
import { Icon } from "../icons";
import { at, Box } from "./box";
import { aligned, BOX, px, ROW, type Layout, type Place } from "./layout";

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
  /** The groups with the best mean of each metric. */
  best: ReadonlyMap<string, readonly RunGroup[]>;
}

export function GroupRow({ state, frame, layout, places, group, line, top, mark, cursor, best }: GroupRowProps) {
  const selected = state.table.selected.value;
  const chosen = group.rows.reduce((n, row) => n + +selected.has(frame.ids[row]), 0);
  const checked = chosen === 0 ? false : chosen === group.rows.length ? true : "mixed";
  const title = titleOf(state, group);
  const folded = (mark & FOLDED) !== 0;
  const { spread } = state.view.value;
  const cell = (place: Place) => (
    <div
      key={place.name}
      {...at(layout.places.indexOf(place) + 1, cursor)}
      class={place.right ? "nbt-cell nbt-right" : "nbt-cell"}
      style={{ left: px(place.left), width: px(place.width) }}
    >
      <Together column={frame.columns.get(place.name)} group={group} place={place} spread={spread} best={best.get(place.name)?.includes(group) ?? false} />
    </div>
  );
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
          <Box checked={checked} name={`Select the runs of ${title}`} />
        </div>
        <div {...at(1, cursor)} class="nbt-cell nbt-name" style={{ left: px(BOX), width: px(layout.places[0].width), paddingLeft: "4px" }}>
          <button class="nbt-twisty" data-does="fold" tabIndex={-1} aria-label={`${folded ? "Show" : "Hide"} the runs of ${title}`}>
            <Icon name={folded ? "right" : "down"} />
          </button>
          <span class="nbt-ellipsis" title={title}>
            {state.table.narrow.value ? group.values.map((value) => brief(value ?? "–")).join(", ") : title}
          </span>
          <span class="nbt-group-size" title={`${group.rows.length} runs`}>
            {group.rows.length}
          </span>
        </div>
        {layout.places.slice(1, layout.frozen).map(cell)}
      </div>
      {places.map(cell)}
    </div>
  );
}

function titleOf(state: State, { values }: RunGroup): string {
  const names = state.view.value.group;
  return values.map((value, i) => `${label(names[i] ?? "")} ${brief(value ?? "–")}`).join(", ");
}

interface TogetherProps {
  column: Column | undefined;
  group: RunGroup;
  place: Place;
  spread: string;
  best: boolean;
}

/** Numbers as their mean and how far they spread; text where it is the same for all. */
function Together({ column, group, place, spread, best }: TogetherProps) {
  if (!column || place.name === "status" || place.name.endsWith("_time")) return null;
  if (column.kind === "text") return <Common column={column} rows={group.rows} isNumber={place.right} />;
  const found = summary(column, group.rows);
  if (found.n === 0) return <span class="nbt-missing" aria-label="no value" />;
  const timed = place.name === "duration";
  const write = (value: number) => (timed ? duration(value) : aligned(value, place.decimals));
  const width = spreadOf(found, spread);
  const words = width === null ? "" : "half" in width ? ` ± ${timed ? duration(width.half) : num(Number(width.half.toPrecision(2)))}` : ` ${write(width.low)} – ${write(width.high)}`;
  return (
    <span title={told(found, group.rows.length)}>
      <span class={best ? "nbt-cell-best" : undefined}>
        {write(found.mean)}
        {best && <span class="nbt-sr"> best</span>}
      </span>
      <span class="nbt-dim">{words}</span>
      {found.n < group.rows.length && <span class="nbt-dim">{` (${found.n} of ${group.rows.length})`}</span>}
    </span>
  );
}

function told({ n, mean, sd, min, max }: Summary, all: number): string {
  const spread = n > 1 ? [`standard deviation ${sd}`, `95 % interval ± ${half95(sd, n)}`] : [];
  return [n < all ? `n = ${n} of ${all} runs` : `n = ${n}`, `mean ${mean}`, ...spread, `min ${min}`, `max ${max}`].join("\n");
}

function Common({ column, rows, isNumber }: { column: Extract<Column, { kind: "text" }>; rows: Uint32Array; isNumber: boolean }) {
  const codes = new Set<number>();
  for (const row of rows) codes.add(column.codes[row]);
  const [code] = codes;
  if (codes.size > 1) return <span class="nbt-dim">{codes.size} values</span>;
  if (code === undefined || code < 0) return <span class="nbt-missing" aria-label="no value" />;
  return <span>{isNumber ? brief(column.words[code]) : column.words[code]}</span>;
}
