/** What can be done with one panel: its size, and how it leaves the page. */

import { useRef } from "preact/hooks";
import { setView } from "../../state/state";
import type { DrawnLine } from "./assemble";
import { barsShown } from "./bars";
import { Save } from "./icons";
import type { Plot } from "./plot";
import { download, fileName, linesToCsv, toCsv, toPng } from "./save";
import { fetchWhole } from "../../state/histories";
import { useScene } from "./scene";
import { PRESETS, resized, sizeOf } from "./sizes";
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
  const scene = useScene();
  const { state, theme, drawn } = scene;
  const box = useRef<HTMLDetailsElement>(null);
  const close = () => box.current?.removeAttribute("open");
  const { chart } = state.view.value;
  const { formulas } = chart;
  const size = sizeOf(chart, metric);
  const isFormula = formulas.includes(metric);
  const barsSvg = () => barsPicture(metric, barsShown(scene, metric), state.view.peek().chart.band, box.current!);
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
  const csv = async () => {
    close();
    const { ids: all, hidden } = drawn();
    const ids = all.filter((id) => !hidden.has(id));
    const whole = isFormula || (await fetchWhole(state, metric, ids));
    const text = isFormula ? linesToCsv(metric, state.view.peek().chart.x, lines) : toCsv(state, metric, ids);
    download(fileName(whole ? metric : `${metric}-extremes`, "csv"), new Blob([text], { type: "text/csv" }));
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
      <div class="nbt-menu-list" tabIndex={-1}>
        <div class="nbt-menu-row" role="group" aria-label="Size">
          {Object.entries(PRESETS).map(([name, preset]) => (
            <button
              type="button"
              key={name}
              aria-pressed={size.columns === preset.columns && size.height === preset.height}
              onClick={() => setView(state, { chart: resized(chart, metric, preset) })}
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
        <button type="button" onClick={() => void csv()}>
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
