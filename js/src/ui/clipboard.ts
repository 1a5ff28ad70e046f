/** How does a text come into the clipboard, and how is it said? */

import type { State } from "../state/state";

export function put(state: State, text: string, what: string): void {
  const said = (good: boolean) =>
    (state.edits.notice.value = good ? { words: `Copied ${what}.` } : { words: "The browser did not allow copying.", bad: true });
  navigator.clipboard.writeText(text).then(() => said(true), () => said(false));
}
