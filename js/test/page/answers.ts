/** What a kernel would answer on the pages of test/page: the files of a run. What was asked is kept in `asked`. */

import type { Ask } from "../../src/state/outlet";
import type { State } from "../../src/state/state";

const CODE = (rate: string) => `from sklearn.neural_network import MLPClassifier

learning_rate = ${rate}
epochs = 30
model = MLPClassifier(learning_rate_init=learning_rate)
for epoch in range(epochs):
    model.partial_fit(X, y, classes)
    nbtrack.log_metric("loss", model.loss_, step=epoch)
${rate === "0.3" ? "" : "nbtrack.log_param('note', 'slower')\n"}`;

const DOT = "iVBORw0KGgoAAAANSUhEUgAAAAoAAAAKCAYAAACNMs+9AAAAFUlEQVR42mNk+M9Qz0AEYBxVSF+FABJADveWkH6oAAAAAElFTkSuQmCC";

const FILES: Record<string, { mime: string; base64: (rate: string) => string }> = {
  "cell.py": { mime: "text/x-python", base64: (rate) => btoa(CODE(rate)) },
  "report.html": {
    mime: "text/html",
    base64: () => btoa("<h1>A report</h1><script>document.body.append('scripts ran'); try { parent.stolen = 1 } catch {}</script>"),
  },
  "summary.json": { mime: "application/json", base64: () => btoa('{"classes":[0,1,2],"best":{"epoch":12}}') },
  "plots/confusion.png": { mime: "image/png", base64: () => DOT },
  "model.bin": { mime: "application/octet-stream", base64: () => btoa("\0\x01\x02") },
};

export const asked: Ask[] = [];

export function answerFrom(state: State): void {
  state.outlet.need = async (ask) => {
    asked.push(ask);
    const path = ask.path ?? "";
    if (ask.what === "artifacts") return { files: listing(path) };
    if (ask.what === "trees") return { runs: Object.fromEntries(ask.runs!.map((run) => [run, everything(state, run)])), cut: [] };
    if (ask.what !== "artifact") return null;
    const still = stillOf(state, ask.runs![0], path);
    if (still) return { path, mime: "", size: still.length, cut: false, base64: btoa(still) };
    const file = FILES[path];
    if (!file) throw new Error(`The run has no file '${path}'.`);
    const frame = state.frame.peek();
    const rates = frame.columns.get("params.learning_rate");
    const row = frame.rowOf.get(ask.runs![0])!;
    const base64 = file.base64(rates?.kind === "text" ? rates.words[rates.codes[row]] : "");
    return { path, mime: file.mime, size: atob(base64).length, cut: false, base64 };
  };
}

/** Each run has pictures and tables at its own steps besides. */
function everything(state: State, run: string): [string, number][] {
  const every = 1 + (state.frame.peek().rowOf.get(run)! % 3);
  const steps = Array.from({ length: 12 }, (_, i) => i * every);
  return [...Object.keys(FILES), ...steps.flatMap((step) => [`samples/field-${step}.svg`, `confusion_${step}.json`])].map((path) => [path, 100]);
}

function stillOf(state: State, run: string, path: string): string | null {
  const row = state.frame.peek().rowOf.get(run)!;
  const step = Number(/(\d+)\.(svg|json)$/.exec(path)?.[1] ?? NaN);
  if (path.startsWith("confusion_")) return JSON.stringify({ columns: ["class", "hits", "misses"], data: ["zero", "one", "two"].map((word, i) => [word, 20 + step + i, 9 - i]) });
  if (!path.startsWith("samples/")) return null;
  const dots = Array.from({ length: 60 }, (_, i) => {
    const [x, y] = [50 + 40 * Math.sin(i * (1 + row)) * (1 - step / 60), 50 + 40 * Math.cos(i * 2.4) * (1 - step / 60)];
    return `<circle cx="${x.toFixed(1)}" cy="${y.toFixed(1)}" r="3" fill="hsl(${(row * 67) % 360} 70% ${30 + (i % 40)}%)"/>`;
  });
  return `<svg xmlns="http://www.w3.org/2000/svg" width="200" height="200" viewBox="0 0 100 100">${dots.join("")}</svg>`;
}

function listing(folder: string): { path: string; is_dir: boolean; file_size: number | null }[] {
  const start = folder && `${folder}/`;
  const found = new Map<string, { path: string; is_dir: boolean; file_size: number | null }>();
  for (const [path, file] of Object.entries(FILES)) {
    if (!path.startsWith(start)) continue;
    const name = path.slice(start.length).split("/")[0];
    const is_dir = start + name !== path;
    found.set(name, { path: start + name, is_dir, file_size: is_dir ? null : atob(file.base64("0.3")).length });
  }
  return [...found.values()];
}
