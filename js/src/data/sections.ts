/** In which order and groups are metrics shown? By what stands before the first `/`: train, val, test, then the others by name, the machine's last. */

export interface Section {
  /** Empty for metrics without a prefix. */
  name: string;
  metrics: string[];
}

export const SYSTEM = "system";

const byName = new Intl.Collator("en", { numeric: true, sensitivity: "base" }).compare;

/** What was measured on which data comes first, the training before the validation; then all others by name, the machine's last. */
const LEADING = /^(train|training|val|valid|validation|dev|eval|evaluation|test)$/i;
const SPLITS = [/^train/i, /^(val|dev)/i, /^eval/i, /^test/i];

/** 0 for metrics without a prefix, then sections in the order in which people read them. */
function rankOf(section: string): number {
  if (section === "") return 0;
  if (section === SYSTEM) return 9;
  return LEADING.test(section) ? 1 + SPLITS.findIndex((split) => split.test(section)) : 8;
}

const sectionOf = (metric: string): string => metric.slice(0, Math.max(0, metric.indexOf("/")));

/** Orders metrics as their sections stand, then by name. */
export function byImportance(a: string, b: string): number {
  return rankOf(sectionOf(a)) - rankOf(sectionOf(b)) || byName(a, b);
}

/** `search` keeps the metrics that hold each of its words, in any order and case. */
export function sectionsOf(metrics: Iterable<string>, search: string): Section[] {
  const words = search.toLowerCase().split(/\s+/).filter(Boolean);
  const groups = new Map<string, string[]>();
  for (const metric of [...new Set(metrics)].sort(byName)) {
    const plain = metric.toLowerCase();
    if (!words.every((word) => plain.includes(word))) continue;
    const name = sectionOf(metric);
    groups.set(name, [...(groups.get(name) ?? []), metric]);
  }
  return [...groups]
    .sort(([a], [b]) => rankOf(a) - rankOf(b) || byName(a, b))
    .map(([name, members]) => ({ name, metrics: members }));
}

/** So few metrics need no sections of their own. */
const FEW = 6;

/** Sections as they are shown: where all but the machine's metrics are few, those stand in one without a name. */
export function gathered(sections: Section[]): Section[] {
  const own = sections.filter(({ name }) => name !== SYSTEM);
  const metrics = own.flatMap((section) => section.metrics);
  if (own.length < 2 || metrics.length > FEW) return sections;
  return [{ name: "", metrics }, ...sections.filter(({ name }) => name === SYSTEM)];
}

/** The metric's name within its section. */
export function shortName(metric: string): string {
  const cut = metric.indexOf("/");
  return cut > 0 && cut < metric.length - 1 ? metric.slice(cut + 1) : metric;
}

/** Panels put in order by hand come first, the others after them as they are. */
export function byHand(metrics: readonly string[], order: readonly string[]): string[] {
  const first = order.filter((metric) => metrics.includes(metric));
  return [...first, ...metrics.filter((metric) => !first.includes(metric))];
}

/** The new order by hand when one of the panels `among` is moved to another's place. */
export function moved(order: readonly string[], among: readonly string[], metric: string, to: number): string[] {
  const left = among.filter((each) => each !== metric);
  const place = Math.max(0, Math.min(left.length, to));
  const now = [...left.slice(0, place), metric, ...left.slice(place)];
  return [...order.filter((each) => !among.includes(each)), ...now];
}
