/** How is one entry put into a list, taken out, or moved within it? */

export function toggle(selected: readonly string[], id: string): string[] {
  return selected.includes(id) ? selected.filter((other) => other !== id) : [...selected, id];
}

/** The selection with `ids` in it; those that were in it keep their place. */
export function added(selected: readonly string[], ids: readonly string[]): string[] {
  return [...new Set([...selected, ...ids])];
}

/** A list with one entry moved to stand before another (null: at the end). */
export function placed<T>(list: readonly T[], entry: T, before: T | null): T[] {
  if (entry === before) return [...list];
  const rest = list.filter((other) => other !== entry);
  const at = before === null ? rest.length : rest.indexOf(before);
  return [...rest.slice(0, at), entry, ...rest.slice(at)];
}

/** The list with all of `ids` in it; without them where all of them are in it. */
export function together(list: readonly string[], ids: readonly string[]): string[] {
  const gone = new Set(ids);
  const rest = list.filter((id) => !gone.has(id));
  return list.length - rest.length === gone.size ? rest : added(list, ids);
}
