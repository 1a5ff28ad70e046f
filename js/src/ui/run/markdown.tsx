/**
 * How is a text in Markdown shown? Read by marked, and what it makes goes through DOMPurify, which lets the elements of a
 * text pass and nothing that loads, runs or styles. HTML, pictures, and links to anything but the web stay as written.
 */

import DOMPurify from "dompurify";
import { Marked, type Tokens } from "marked";
import { useLayoutEffect, useMemo, useRef } from "preact/hooks";

const TAGS =
  "p h1 h2 h3 h4 h5 h6 ul ol li blockquote pre code em strong del hr br a table thead tbody tr th td".split(" ");
const WEB = /^(https?:\/\/|mailto:)/i;

const escaped = (text: string) => text.replace(/[&<>"']/g, (c) => `&#${c.charCodeAt(0)};`);
const asWritten = ({ raw }: { raw: string }) => escaped(raw);

const reader = new Marked({
  renderer: {
    html: asWritten,
    image: asWritten,
    checkbox: ({ checked }: Tokens.Checkbox) => (checked ? "☑ " : "☐ "),
    link: (token) => (WEB.test(token.href) ? false : asWritten(token)),
  },
});

/** A note keeps its line breaks; in a `document` only an empty line ends a paragraph. */
export function Markdown({ text, document = false }: { text: string; document?: boolean }) {
  const place = useRef<HTMLDivElement>(null);
  const made = useMemo(() => clean(text, !document), [text, document]);
  useLayoutEffect(() => place.current!.replaceChildren(made), [made]);
  return <div ref={place} class="nbt-markdown" />;
}

function clean(text: string, breaks: boolean): DocumentFragment {
  const made = DOMPurify.sanitize(reader.parse(text, { async: false, gfm: true, breaks }), {
    ALLOWED_TAGS: TAGS,
    ALLOWED_ATTR: ["href", "align", "start"],
    ALLOWED_URI_REGEXP: WEB,
    ALLOW_DATA_ATTR: false,
    ALLOW_ARIA_ATTR: false,
    RETURN_DOM_FRAGMENT: true,
  });
  for (const link of made.querySelectorAll("a")) {
    link.target = "_blank";
    link.rel = "noopener noreferrer";
  }
  return made;
}
