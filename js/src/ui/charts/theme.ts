/** Which colours does a canvas draw with? Those of the tokens in theme.css, followed when the page's theme switches. */

import type { Signal } from "@preact/signals";

export interface Tokens {
  text: string;
  dim: string;
  line: string;
  strong: string;
  bg: string;
  accent: string;
  font: string;
}

export const PLAIN: Tokens = {
  text: "#1d2129",
  dim: "#606774",
  line: "#e0e2e6",
  strong: "#bdc1c8",
  bg: "#fff",
  accent: "#1a73e8",
  font: "system-ui, sans-serif",
};

const NAMES: Record<keyof Tokens, string> = {
  text: "--nbt-text",
  dim: "--nbt-text-dim",
  line: "--nbt-line",
  strong: "--nbt-line-strong",
  bg: "--nbt-bg",
  accent: "--nbt-accent",
  font: "--nbt-font",
};

function readTokens(element: Element): Tokens {
  const style = getComputedStyle(element);
  const read = (name: keyof Tokens) => style.getPropertyValue(NAMES[name]).trim() || PLAIN[name];
  return Object.fromEntries(Object.keys(NAMES).map((name) => [name, read(name as keyof Tokens)])) as unknown as Tokens;
}

/** Keeps `into` at the tokens as `element` has them. Returns how to stop. */
export function followTheme(element: Element, into: Signal<Tokens>): () => void {
  const look = () => {
    const now = readTokens(element);
    if (JSON.stringify(now) !== JSON.stringify(into.peek())) into.value = now;
  };
  // JupyterLab switches by attributes of the body and swaps a stylesheet, which may come a moment later.
  const later = () => {
    look();
    setTimeout(look, 300);
  };
  const watcher = new MutationObserver(later);
  watcher.observe(document.body, { attributes: true });
  watcher.observe(document.documentElement, { attributes: true });
  const dark = matchMedia("(prefers-color-scheme: dark)");
  dark.addEventListener("change", later);
  look();
  return () => {
    watcher.disconnect();
    dark.removeEventListener("change", later);
  };
}
