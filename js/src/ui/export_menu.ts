/** Files of what the dashboard shows: made here, or in the kernel where it has what they need. */

import type { State } from "../state/state";
import { chartsPicture } from "./charts/picture";
import { download } from "./charts/save";
import type { Item } from "./menu";

const TYPES = { html: "text/html", parquet: "application/vnd.apache.parquet" };

export function exportItems(state: State, root: () => HTMLElement, csvOfTable: () => string): Item[] {
  const isLive = state.life.value === "live";
  const fromKernel = (format: keyof typeof TYPES) => () => void fetchExport(state, format);
  return [
    { heading: "Download", icon: "save", words: "Table as CSV file", does: () => download("runs.csv", new Blob([csvOfTable()], { type: "text/csv" })) },
    { icon: "save", words: "Table as Parquet file", does: fromKernel("parquet"), disabled: !isLive },
    { icon: "chart", words: "Charts as PNG picture", does: () => void saveCharts(state, root()), disabled: state.view.value.tab !== "charts" },
    { icon: "page", words: "Dashboard as HTML page", does: fromKernel("html"), disabled: !isLive },
  ];
}

async function fetchExport(state: State, format: keyof typeof TYPES): Promise<void> {
  const { notice } = state.edits;
  notice.value = { words: `Making the ${format === "html" ? "HTML page" : "Parquet file"}…` };
  try {
    const body = (await state.outlet.need({ what: "export", path: format })) as { base64?: string } | null;
    if (typeof body?.base64 !== "string") throw new Error("The kernel's answer holds no file.");
    const bytes = Uint8Array.from(atob(body.base64), (letter) => letter.charCodeAt(0));
    const name = format === "html" ? "dashboard.html" : "runs.parquet";
    download(name, new Blob([bytes], { type: TYPES[format] }));
    notice.value = { words: `Downloaded ${name}.` };
  } catch (error) {
    notice.value = { words: `Could not export: ${(error as Error).message}`, bad: true };
  }
}

/** The charts as they stand on the page. */
async function saveCharts(state: State, root: HTMLElement): Promise<void> {
  const picture = await chartsPicture(root);
  if (picture) download("charts.png", picture);
  else state.edits.notice.value = { words: "No charts are drawn.", bad: true };
}
