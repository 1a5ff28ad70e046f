/** What is in a file? Nothing of it ever becomes part of the page: text as text, pictures as pictures, HTML in a sandbox. */

import { useSignal, type Signal } from "@preact/signals";
import { useEffect, useMemo } from "preact/hooks";
import type { Sheet } from "../../data/sheet";
import type { FileBytes } from "../../state/artifacts";
import type { State } from "../../state/state";
import { figureOf, imageType, isMarkdown, kindOf, readable, sheetOf } from "./kinds";
import { Markdown } from "./markdown";
import { PlotlyCards } from "./plotly";
import { Sandbox } from "./sandbox";
import { SheetTable } from "./sheet";

/** More letters than this make the page slow. */
const MOST_LETTERS = 200_000;

interface Props {
  state: State;
  file: FileBytes;
  /** Of files side by side: their scripts, the widest picture, and the first one's table. */
  scripts?: Signal<boolean> | undefined;
  widest?: Signal<number> | undefined;
  base?: Sheet | null;
}

export function FileBody({ state, file, scripts, widest, base }: Props) {
  const kind = useMemo(() => kindOf(file), [file]);
  const own = useSignal(false);
  const raw = useSignal(false);
  if (kind === "none") return <p class="nbt-quiet">{file.problem ?? "This kind of file has no preview."}</p>;
  if (kind === "image") return file.cut ? <p class="nbt-quiet">Too large to be shown.</p> : <Picture file={file} widest={widest} />;
  if (kind === "html") return <Sandbox state={state} file={file} scripts={scripts ?? own} />;
  if (kind === "table") return <SheetTable sheet={sheetOf(file)!} base={base ?? null} cut={file.cut} all={file.table} />;
  if (kind === "plotly") {
    const figure = figureOf(file);
    return <PlotlyCards state={state} cards={[{ key: file.path, title: "", color: "", figure, words: "" }]} width={0} height={400} same={false} />;
  }
  const text = readable(kind, file.bytes, file.cut);
  const shown = text.slice(0, MOST_LETTERS);
  const marked = kind === "text" && isMarkdown(file.path);
  return (
    <>
      {marked && (
        <button type="button" class="nbt-textlink" aria-pressed={raw.value} onClick={() => (raw.value = !raw.value)}>
          Show source
        </button>
      )}
      {marked && !raw.value ? (
        <Markdown text={shown} document />
      ) : (
        <pre class="nbt-text nbt-mono" tabIndex={0}>
          {shown}
        </pre>
      )}
      {text.length > MOST_LETTERS && (
        <p class="nbt-quiet">
          Showing the first {MOST_LETTERS.toLocaleString("en")} of {text.length.toLocaleString("en")} characters.
        </p>
      )}
    </>
  );
}

/** Pictures that are so narrow are enlarged beside others. */
const MANY_PIXELS = 128;

/** Through an img element even an SVG cannot run scripts, or ask a network. */
function Picture({ file, widest }: { file: FileBytes; widest: Signal<number> | undefined }) {
  const url = useMemo(() => URL.createObjectURL(new Blob([file.bytes], { type: imageType(file.path)! })), [file]);
  const size = useSignal({ width: 0, isEnlarged: false });
  useEffect(() => () => URL.revokeObjectURL(url), [url]);
  const loaded = (event: Event) => {
    const image = event.currentTarget as HTMLImageElement;
    const width = image.naturalWidth;
    if (widest) widest.value = Math.max(widest.value, width);
    size.value = { width, isEnlarged: width > 0 && image.clientWidth >= 2 * width };
  };
  // The widest picture takes the whole column, so that all are drawn at one scale. Enlarged pixels stay sharp.
  const style = {
    ...(widest && size.value.width > 0 && { width: `${(100 * size.value.width) / widest.value}%` }),
    ...((size.value.isEnlarged || (widest && size.value.width <= MANY_PIXELS)) && { imageRendering: "pixelated" }),
  };
  return <img class="nbt-picture" src={url} alt={file.path} style={style} onLoad={loaded} />;
}
