/** What is in a file? Nothing of it ever becomes part of the page: text as text, pictures as pictures, HTML in a sandbox. */

import { useSignal } from "@preact/signals";
import { useEffect, useMemo } from "preact/hooks";
import type { FileBytes } from "../../state/artifacts";
import { download } from "../charts/save";
import { bytesText } from "./bytes";
import { imageType, kindOf } from "./kinds";

/** More letters than this make the page slow. */
const MOST_LETTERS = 200_000;

/** `whole` fetches all of a file of which only the beginning is here. */
export function Preview({ file, whole }: { file: FileBytes; whole: () => Promise<FileBytes> }) {
  const kind = useMemo(() => kindOf(file.path, file.bytes), [file]);
  const name = file.path.split("/").pop()!;
  return (
    <>
      <div class="nbt-preview-head">
        <span class="nbt-mono">{file.path}</span>
        <span class="nbt-dim">{bytesText(file.size)}</span>
        {file.cut ? (
          <>
            <span class="nbt-dim">only the beginning is here</span>
            <SaveWhole name={name} whole={whole} />
          </>
        ) : (
          <button type="button" class="nbt-textlink" onClick={() => download(name, new Blob([file.bytes]))}>
            save
          </button>
        )}
      </div>
      {kind === "image" && (file.cut ? <p class="nbt-quiet">Too large to be shown.</p> : <Picture file={file} />)}
      {kind === "html" && <Sandbox file={file} />}
      {(kind === "text" || kind === "json") && <Plain file={file} json={kind === "json"} />}
      {kind === "none" && <p class="nbt-quiet">This kind of file has no preview.</p>}
    </>
  );
}

function SaveWhole({ name, whole }: { name: string; whole: () => Promise<FileBytes> }) {
  const told = useSignal("save all of it");
  const fetch = () => {
    told.value = "Waiting for the kernel…";
    whole().then(
      (file) => {
        told.value = file.cut ? "Too large: save it in Python with download_artifacts" : "saved";
        if (!file.cut) download(name, new Blob([file.bytes]));
      },
      (error: Error) => (told.value = error.message),
    );
  };
  return (
    <button type="button" class="nbt-textlink" onClick={fetch}>
      {told.value}
    </button>
  );
}

function Plain({ file, json }: { file: FileBytes; json: boolean }) {
  const text = useMemo(() => {
    const plain = new TextDecoder().decode(file.bytes);
    if (!json || file.cut) return plain;
    try {
      return JSON.stringify(JSON.parse(plain), null, 2);
    } catch {
      return plain; // NaN and its like are no JSON for a browser
    }
  }, [file, json]);
  return (
    <>
      <pre class="nbt-text nbt-mono" tabIndex={0}>
        {text.slice(0, MOST_LETTERS)}
      </pre>
      {text.length > MOST_LETTERS && <p class="nbt-quiet">The first {MOST_LETTERS} letters of {text.length}.</p>}
    </>
  );
}

/** Through an img element even an SVG cannot run scripts. */
function Picture({ file }: { file: FileBytes }) {
  const url = useMemo(() => URL.createObjectURL(new Blob([file.bytes], { type: imageType(file.path)! })), [file]);
  useEffect(() => () => URL.revokeObjectURL(url), [url]);
  return <img class="nbt-picture" src={url} alt={file.path} />;
}

/** Without scripts until the person wants them, and never as part of this page. */
function Sandbox({ file }: { file: FileBytes }) {
  const scripts = useSignal(false);
  const html = useMemo(() => new TextDecoder().decode(file.bytes), [file]);
  if (file.cut) return <p class="nbt-quiet">Too large to be shown.</p>;
  return (
    <>
      {!scripts.value && (
        <p class="nbt-quiet">
          Scripts of this file are off.{" "}
          <button type="button" class="nbt-textlink" onClick={() => (scripts.value = true)}>
            run them
          </button>
        </p>
      )}
      <iframe
        key={String(scripts.value)}
        class="nbt-sandbox"
        title={file.path}
        sandbox={scripts.value ? "allow-scripts" : ""}
        referrerpolicy="no-referrer"
        srcdoc={html}
      />
    </>
  );
}
