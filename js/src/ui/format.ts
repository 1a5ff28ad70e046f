/** How are numbers, times and durations written for people? */

/** Up to five significant digits; very large and very small ones in powers of ten; integers whole. */
export function num(value: number | null): string {
  if (value === null) return "";
  if (Number.isNaN(value)) return "NaN";
  if (!Number.isFinite(value)) return value > 0 ? "∞" : "−∞";
  const size = Math.abs(value);
  if (size !== 0 && (size >= 1e7 || size < 1e-4)) return value.toExponential(3).replace(/\.?0+e/, "e").replace("-", "−");
  if (Number.isInteger(value)) return String(value).replace("-", "−");
  return String(Number(value.toPrecision(5))).replace("-", "−");
}

/** A param as a cell has room for it: of a fraction with more digits than anyone reads five, all of other texts. */
export function brief(word: string): string {
  return word.length > 9 && /^[-+]?\d*\.\d+(e[-+]?\d+)?$/i.test(word) ? num(Number(word)) : word;
}

// Control characters, line and paragraph separators, directional marks, marks without width: as `visible` in errors.py.
const STEERS = /[\x00-\x08\x0b-\x1f\x7f-\x9f\xad\u061c\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]/g;

/** The text with what would hide or reorder the text around it shown as an escape, such as `\u202e`. */
export function visible(text: string): string {
  return text.replace(STEERS, (letter) => {
    const code = letter.charCodeAt(0);
    return code < 256 ? `\\x${code.toString(16).padStart(2, "0")}` : `\\u${code.toString(16).padStart(4, "0")}`;
  });
}

/** 850 ms · 12.4 s · 3 min 20 s · 2 h 05 min · 3 d 4 h */
export function duration(ms: number | null): string {
  if (ms === null || Number.isNaN(ms)) return "";
  if (ms < 1000) return `${Math.max(0, Math.round(ms))} ms`;
  const s = ms / 1000;
  if (s < 60) return `${s < 10 ? s.toFixed(1) : Math.floor(s)} s`;
  const min = Math.floor(s / 60);
  if (min < 60) return `${min} min ${String(Math.floor(s % 60)).padStart(2, "0")} s`;
  const h = Math.floor(min / 60);
  if (h < 48) return `${h} h ${String(min % 60).padStart(2, "0")} min`;
  return `${Math.floor(h / 24)} d ${h % 24} h`;
}

/** just now · 5 min ago · 3 h ago · yesterday · 12 days ago · 2026-03-01 */
export function ago(ms: number | null, now: number): string {
  if (ms === null || Number.isNaN(ms)) return "";
  const min = Math.floor((now - ms) / 60_000);
  if (min < 1) return "just now";
  if (min < 60) return `${min} min ago`;
  const h = Math.floor(min / 60);
  if (h < 24) return `${h} h ago`;
  const days = Math.floor(h / 24);
  if (days < 2) return "yesterday";
  if (days < 31) return `${days} days ago`;
  return dateTime(ms).slice(0, 10);
}

/** 2026-03-01 14:05:09, in the reader's own time zone. */
export function dateTime(ms: number | null): string {
  if (ms === null || !Number.isFinite(ms) || Math.abs(ms) > 8.64e15) return "";
  const date = new Date(ms);
  const two = (n: number) => String(n).padStart(2, "0");
  const day = `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
  return `${day} ${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}`;
}
