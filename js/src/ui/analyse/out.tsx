/** How does a picture of the analysis leave the page? */

import type { RefObject } from "preact";
import { useRef } from "preact/hooks";
import { label } from "../../data/columns";
import { number, text } from "../../data/frame";
import type { State } from "../../state/state";
import { Save } from "../charts/icons";
import { csvText, download, fileName } from "../charts/save";
import { runName } from "../drawn";
import { pngOf, svgOf } from "../svg_out";

interface Props {
  state: State;
  /** What holds the picture. */
  within: RefObject<HTMLElement | null>;
  title: string;
  rows: readonly number[];
  /** The columns that it is made of. */
  names: readonly string[];
  /** Makes the picture where none stands on the page as SVG. */
  draw: (() => string) | null;
}

export function Out({ state, within, title, rows, names, draw }: Props) {
  const box = useRef<HTMLDetailsElement>(null);
  const close = () => box.current?.removeAttribute("open");
  const picture = (): string | null => {
    close();
    if (draw) return draw();
    const svg = within.current?.querySelector<SVGSVGElement>(".nbt-plane svg");
    return svg ? svgOf(svg, title) : null;
  };
  const svg = () => {
    const made = picture();
    if (made) download(fileName(title, "svg"), new Blob([made], { type: "image/svg+xml" }));
  };
  const png = () => {
    const made = picture();
    if (made) void pngOf(made).then((blob) => download(fileName(title, "png"), blob));
  };
  const csv = () => {
    close();
    download(fileName(title, "csv"), new Blob([valuesCsv(state, rows, names)], { type: "text/csv" }));
  };
  return (
    <details
      class="nbt-menu"
      ref={box}
      onKeyDown={(event) => event.key === "Escape" && (close(), event.stopPropagation())}
      onFocusOut={(event) => !box.current?.contains(event.relatedTarget as Node | null) && close()}
    >
      <summary class="nbt-button" aria-label="Files of this picture" title="Save">
        <Save />
      </summary>
      <div class="nbt-menu-list nbt-menu-left" tabIndex={-1}>
        <button type="button" onClick={png}>
          Picture (PNG)
        </button>
        <button type="button" onClick={svg}>
          Picture (SVG)
        </button>
        <button type="button" onClick={csv}>
          Values (CSV)
        </button>
      </div>
    </details>
  );
}

/** One row a run. */
export function valuesCsv(state: State, rows: readonly number[], names: readonly string[]): string {
  const frame = state.table.frame.value;
  const told = [...new Set(names)].filter((name) => frame.columns.has(name));
  const head = ["run_id", "run_name", ...told.map(label)];
  const lines = rows.map((row) => [frame.ids[row], runName(frame, frame.ids[row]), ...told.map((name) => text(frame, name, row) ?? String(number(frame, name, row) ?? ""))]);
  return csvText([head, ...lines]);
}
