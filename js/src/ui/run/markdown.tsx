/**
 * How is a note in Markdown shown? As elements made here, one by one: no text of a note ever becomes markup, so there is
 * nothing to sanitise. Headings, lists, quotes, code, bold, italics, and links to http(s); the rest stays as it is written.
 */

import type { ComponentChildren, JSX } from "preact";

const INLINE = /`([^`]+)`|\*\*([^*]+)\*\*|\*([^*\s][^*]*)\*|\[([^\]]+)\]\((https?:\/\/[^\s)]+)\)|(https?:\/\/[^\s<>)]+)/;

export function Markdown({ text }: { text: string }) {
  return <div class="nbt-note nbt-markdown">{blocks(text.replace(/\r\n?/g, "\n").split("\n"))}</div>;
}

function inline(text: string): ComponentChildren[] {
  const found: ComponentChildren[] = [];
  let rest = text;
  for (let match = INLINE.exec(rest); match; match = INLINE.exec(rest)) {
    const [all, code, bold, italic, name, address, bare] = match;
    if (match.index > 0) found.push(rest.slice(0, match.index));
    if (code) found.push(<code class="nbt-mono">{code}</code>);
    else if (bold) found.push(<strong>{inline(bold)}</strong>);
    else if (italic) found.push(<em>{inline(italic)}</em>);
    else {
      found.push(
        <a href={address ?? bare} target="_blank" rel="noopener noreferrer">
          {name ?? bare}
        </a>,
      );
    }
    rest = rest.slice(match.index + all.length);
  }
  return rest ? [...found, rest] : found;
}

function blocks(lines: readonly string[]): JSX.Element[] {
  const made: JSX.Element[] = [];
  for (let at = 0; at < lines.length; ) {
    const take = (belongs: (line: string) => boolean) => {
      const from = at;
      while (at < lines.length && belongs(lines[at])) at++;
      return lines.slice(from, at);
    };
    const line = lines[at];
    const heading = /^(#{1,6})\s+(.*)/.exec(line);
    if (line.trim() === "") at++;
    else if (line.startsWith("```")) {
      at++;
      made.push(<pre class="nbt-text nbt-mono">{take((each) => !each.startsWith("```")).join("\n")}</pre>);
      at++;
    } else if (heading) {
      at++;
      made.push(<div class={`nbt-heading nbt-heading-${heading[1].length}`} role="heading" aria-level={heading[1].length + 2}>{inline(heading[2])}</div>);
    } else if (BULLET.test(line)) made.push(<ul>{take((each) => BULLET.test(each)).map((each) => <li>{inline(each.replace(BULLET, ""))}</li>)}</ul>);
    else if (NUMBERED.test(line)) made.push(<ol>{take((each) => NUMBERED.test(each)).map((each) => <li>{inline(each.replace(NUMBERED, ""))}</li>)}</ol>);
    else if (line.startsWith(">")) made.push(<blockquote>{blocks(take((each) => each.startsWith(">")).map((each) => each.replace(/^> ?/, "")))}</blockquote>);
    else made.push(<p>{inline(take(isPlain).join("\n"))}</p>);
  }
  return made;
}

const BULLET = /^\s*[-*+]\s+/;
const NUMBERED = /^\s*\d+[.)]\s+/;
const isPlain = (line: string) => line.trim() !== "" && !/^(#{1,6}\s|```|>)/.test(line) && !BULLET.test(line) && !NUMBERED.test(line);
