/** A small hash that is the same in both languages: FNV-1a of the UTF-16 units of a text, as nbtrack/figures/hashing.py. */
export function fnv1a(text: string): number {
  let found = 2166136261;
  for (let i = 0; i < text.length; i++) found = Math.imul(found ^ text.charCodeAt(i), 16777619);
  return found >>> 0;
}
