/** One file of a run: its name and size, what is in it, and a way to save it. */

import { useSignal } from "@preact/signals";
import type { FileBytes } from "../../state/artifacts";
import type { State } from "../../state/state";
import { download } from "../charts/save";
import { FileBody } from "./body";
import { bytesText } from "./bytes";

/** `whole` fetches all of a file of which only the beginning is shown. */
export function Preview({ state, file, whole }: { state: State; file: FileBytes; whole: () => Promise<FileBytes> }) {
  return (
    <>
      <div class="nbt-preview-head">
        <span class="nbt-mono">{file.path}</span>
        <span class="nbt-dim">{bytesText(file.size)}</span>
        <SaveFile file={file} whole={whole} />
      </div>
      <FileBody state={state} file={file} />
    </>
  );
}

export function SaveFile({ file, whole }: { file: FileBytes; whole: () => Promise<FileBytes> }) {
  const name = file.path.split("/").pop()!;
  const told = useSignal("save all of it");
  if (!file.cut) {
    return (
      <button type="button" class="nbt-textlink" onClick={() => download(name, new Blob([file.bytes]))}>
        save
      </button>
    );
  }
  const fetch = () => {
    told.value = "Waiting for the kernel…";
    whole().then(
      (all) => {
        told.value = all.cut ? "Too large: save it in Python with download_artifacts" : "saved";
        if (!all.cut) download(name, new Blob([all.bytes]));
      },
      (error: Error) => (told.value = error.message),
    );
  };
  return (
    <>
      <span class="nbt-dim">only the beginning is shown</span>
      <button type="button" class="nbt-textlink" onClick={fetch}>
        {told.value}
      </button>
    </>
  );
}
