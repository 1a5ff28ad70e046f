/**
 * plotly figures among the files, side by side. They are drawn in a frame without an origin and without a network, by the
 * plotly.js that the kernel's Python package carries: it is too large to travel with every notebook.
 */

import { useSignal } from "@preact/signals";
import { useEffect, useMemo, useRef } from "preact/hooks";
import type { PlotlyFigure } from "../../data/plotly";
import { plotlyCode } from "../../state/artifacts";
import type { State } from "../../state/state";
import { Await, useFetched } from "../fetched";
import { DRAWER, STYLE } from "./plotly_frame";
import { ownPage } from "./sealed";

export interface Card {
  key: string;
  /** Empty where nothing has to be told apart. */
  title: string;
  color: string;
  figure: PlotlyFigure | null;
  /** Said instead of a figure. */
  words: string;
}

interface Props {
  state: State;
  cards: readonly Card[];
  /** px of one figure; 0 for all there is. */
  width: number;
  height: number;
  /** One scale for the axes of all of them. */
  same: boolean;
}

export function PlotlyCards(props: Props) {
  const fetched = useFetched(props.state, "plotly", () => plotlyCode(props.state));
  return <Await fetched={fetched}>{(code) => <Frame {...props} code={code} />}</Await>;
}

function Frame({ cards, width, height, same, code }: Props & { code: string }) {
  const frame = useRef<HTMLIFrameElement>(null);
  const page = useMemo(() => ownPage(STYLE, code, DRAWER), [code]);
  const said = JSON.stringify({ cards: cards.map(({ key, words }) => [key, words]), width, height, same });
  const ready = useSignal(false);
  const send = () => {
    const { color, background, line } = colours(frame.current!);
    frame.current!.contentWindow?.postMessage({ cards, width, height, same, color, background, line }, "*");
  };
  useEffect(send, [said]);
  const newest = useRef(send);
  newest.current = send;
  // The frame says when it listens; its load event can come before this page does.
  useEffect(() => {
    const page = frame.current!.ownerDocument.defaultView!;
    const hear = (event: MessageEvent) => {
      if (event.source !== frame.current?.contentWindow) return;
      ready.value = true;
      newest.current();
    };
    page.addEventListener("message", hear);
    return () => page.removeEventListener("message", hear);
  }, []);
  const titled = cards.some(({ title }) => title);
  return (
    <div class="nbt-plotly">
      {!ready.value && <p class="nbt-quiet">Getting plotly ready…</p>}
      <iframe
        ref={frame}
        class="nbt-plotly-frame"
        title="Figures"
        sandbox="allow-scripts"
        referrerpolicy="no-referrer"
        style={{ height: `${height + (titled ? 52 : 8)}px`, opacity: ready.value ? 1 : 0 }}
        srcdoc={page}
      />
    </div>
  );
}

function colours(element: Element): { color: string; background: string; line: string } {
  const style = getComputedStyle(element);
  return { color: style.color, background: style.getPropertyValue("--nbt-bg"), line: style.getPropertyValue("--nbt-line") };
}
