/** What can be taken from a panel. */

import { useRef } from "preact/hooks";
import type { DrawnLine } from "./assemble";
import { Save } from "./icons";
import { download, fileName, toCsv, toPng } from "./save";
import { useScene } from "./scene";

interface Props {
  metric: string;
  lines: readonly DrawnLine[];
  canvas: () => HTMLCanvasElement | null;
}

export function PanelMenu({ metric, lines, canvas }: Props) {
  const { state, theme, drawn } = useScene();
  const box = useRef<HTMLDetailsElement>(null);
  const close = () => box.current?.removeAttribute("open");
  const png = () => {
    const plot = canvas();
    close();
    if (plot) void toPng(plot, metric, lines, theme.peek()).then((blob) => download(fileName(metric, "png"), blob));
  };
  const csv = () => {
    close();
    const text = toCsv(state, metric, drawn().ids);
    download(fileName(metric, "csv"), new Blob([text], { type: "text/csv" }));
  };
  return (
    <details
      class="nbt-menu"
      ref={box}
      onKeyDown={(event) => event.key === "Escape" && (close(), event.stopPropagation())}
      onFocusOut={(event) => !box.current?.contains(event.relatedTarget as Node | null) && close()}
    >
      <summary class="nbt-tool" aria-label={`Save ${metric}`} title="Save">
        <Save />
      </summary>
      <div class="nbt-menu-list">
        <button type="button" onClick={png} disabled={lines.length === 0}>
          Picture (PNG)
        </button>
        <button type="button" onClick={csv}>
          Points (CSV)
        </button>
      </div>
    </details>
  );
}
