/** A page among a run's files: without scripts until the person wants them, and never as part of this page. */

import { useSignal, type Signal } from "@preact/signals";
import { useEffect, useMemo } from "preact/hooks";
import { plotlyCode, type FileBytes } from "../../state/artifacts";
import type { State } from "../../state/state";
import { textOf } from "./kinds";
import { sandbox, sealed, wantsPlotly, withPlotly } from "./sealed";

interface Props {
  state: State;
  file: FileBytes;
  /** Where several pages stand side by side, their scripts are run together. */
  scripts: Signal<boolean>;
}

export function Sandbox({ state, file, scripts }: Props) {
  const html = useMemo(() => textOf(file.bytes), [file]);
  const drawn = useSignal<string | null>(null);
  const drawing = scripts.value && wantsPlotly(html);
  useEffect(() => {
    if (!drawing) return;
    plotlyCode(state).then(
      (code) => (drawn.value = withPlotly(html, code)),
      () => (drawn.value = html),
    );
  }, [drawing, html]);
  if (file.cut) return <p class="nbt-quiet">Too large to be shown: save it and open it in a browser.</p>;
  return (
    <>
      {!scripts.value && (
        <p class="nbt-quiet">
          Scripts are disabled.{" "}
          <button type="button" class="nbt-textlink" onClick={() => (scripts.value = true)}>
            Run scripts
          </button>{" "}
          (no network access)
        </p>
      )}
      {drawing && drawn.value === null ? (
        <p class="nbt-quiet">Waiting for the kernel…</p>
      ) : (
        <iframe
          key={String(scripts.value)}
          class="nbt-sandbox"
          title={file.path}
          sandbox={sandbox(scripts.value)}
          referrerpolicy="no-referrer"
          srcdoc={sealed(drawing ? drawn.value! : html, scripts.value)}
        />
      )}
    </>
  );
}
