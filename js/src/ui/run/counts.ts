/** How much is in the folded sections of a run's page? Asked once the page rests, and only of a kernel. */

import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { listTrees, readDatasets, readModels } from "../../state/artifacts";
import type { State } from "../../state/state";
import { bytesText } from "./bytes";
import { CELL, LOG } from "./names";
import { numbered } from "./texts";

export type Counts = Partial<Record<"files" | "models" | "datasets" | "log" | "code", string>>;

/** ms that a page is looked at before its sections are counted. */
const REST_MS = 250;

export function useCounts(state: State, run: string): Counts {
  const held = useSignal<{ run: string; counts: Counts }>({ run, counts: {} });
  const isLive = state.life.value === "live";
  useEffect(() => {
    if (!isLive) return undefined;
    let current = true;
    const put = (counts: Counts) => {
      if (current) held.value = { run, counts: { ...(held.peek().run === run ? held.peek().counts : {}), ...counts } };
    };
    // Where the kernel does not say, the section says why once it is opened.
    const ask = (asked: Promise<Counts>) => void asked.then(put, () => undefined);
    const timer = setTimeout(() => {
      ask(listTrees(state, [run]).then(({ runs, cut }) => ofFiles(runs[run] ?? [], cut.length > 0)));
      ask(readModels(state, run).then(({ models, more }) => ({ models: String(models.length + more) })));
      ask(readDatasets(state, run).then((datasets) => ({ datasets: String(datasets.length) })));
    }, REST_MS);
    return () => {
      current = false;
      clearTimeout(timer);
    };
  }, [run, isLive]);
  return held.value.run === run ? held.value.counts : {};
}

function ofFiles(files: readonly [path: string, size: number | null][], isCut: boolean): Counts {
  const sizes = new Map(files);
  const listed = files.map(([path]) => ({ path, is_dir: false }));
  const log = numbered(listed, LOG).reduce((sum, path) => sum + (sizes.get(path) ?? 0), 0);
  return { files: `${files.length}${isCut ? "+" : ""}`, log: log > 0 ? bytesText(log) : "0", code: String(numbered(listed, CELL).length) };
}
