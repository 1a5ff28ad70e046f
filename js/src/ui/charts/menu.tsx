/** What can be done with one panel: its size, and how it leaves the page. */

import { useRef } from "preact/hooks";
import { setView } from "../../state/state";
import type { DrawnLine } from "./assemble";
import { Save } from "./icons";
import type { Plot } from "./plot";
import { download, fileName, linesToCsv, toCsv, toPng } from "./save";
import { useScene } from "./scene";
import { toSvg } from "./svg";
import { barsPicture } from "./bars_out";
import { pngOf } from "../svg_out";

interface Props {
  metric: string;
  lines: readonly DrawnLine[];
  plot: () => Plot | null;
  /** It is drawn as bars. */
  bars: boolean;
}

export function PanelMenu({ metric, lines, plot, bars }: Props) {
  const { state, theme, drawn } = useScene();
  const box = useRef<HTMLDetailsElement>(null);
  const close = () => box.current?.removeAttribute("open");
  const { sizes, formulas } = state.view.value.chart;
  const isFormula = formulas.includes(metric);
  const barsSvg = () => {
    const { ids, hidden } = drawn();
    const frame = state.frame.peek();
    return barsPicture(state, ids.flatMap((run) => (hidden.has(run) ? [] : (frame.rowOf.get(run) ?? []))), metric, box.current!);
  };
  const png = () => {
    if (bars) {
      const made = barsSvg();
      close();
      return void pngOf(made).then((blob) => download(fileName(metric, "png"), blob));
    }
    const canvas = plot()?.canvas();
    close();
    if (canvas) void toPng(canvas, metric, lines, theme.peek()).then((blob) => download(fileName(metric, "png"), blob));
  };
  const svg = () => {
    const here = plot();
    const text = bars ? barsSvg() : here && toSvg(here, metric);
    close();
    if (text) download(fileName(metric, "svg"), new Blob([text], { type: "image/svg+xml" }));
  };
  const csv = () => {
    close();
    const text = isFormula ? linesToCsv(metric, state.view.peek().chart.x, lines) : toCsv(state, metric, drawn().ids);
    download(fileName(metric, "csv"), new Blob([text], { type: "text/csv" }));
  };
  return (
    <details
      class="nbt-menu"
      ref={box}
      onKeyDown={(event) => event.key === "Escape" && (close(), event.stopPropagation())}
      onFocusOut={(event) => !box.current?.contains(event.relatedTarget as Node | null) && close()}
    >
      <summary class="nbt-tool" aria-label={`Size and files of ${metric}`} title="Size, save">
        <Save />
      </summary>
      <div class="nbt-menu-list">
        <div class="nbt-menu-row" role="group" aria-label="Size">
          {["S", "M", "L"].map((name, i) => (
            <button
              type="button"
              key={name}
              aria-pressed={(sizes[metric] ?? 1) === i + 1}
              onClick={() => setView(state, { chart: { sizes: { ...sizes, [metric]: i + 1 } } })}
            >
              {name}
            </button>
          ))}
        </div>
        <button type="button" onClick={png} disabled={!bars && lines.length === 0}>
          Picture (PNG)
        </button>
        <button type="button" onClick={svg} disabled={!bars && lines.length === 0}>
          Picture (SVG)
        </button>
        <button type="button" onClick={csv}>
          Points (CSV)
        </button>
        {isFormula && (
          <button type="button" onClick={() => setView(state, { chart: { formulas: formulas.filter((each) => each !== metric) } })}>
            Remove this panel
          </button>
        )}
      </div>
    </details>
  );
}
