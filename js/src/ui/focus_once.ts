/** As the `ref` of a field that just appeared: it takes the focus, with its text selected, and later renders leave it alone. */
export function focusOnce(field: HTMLInputElement | HTMLTextAreaElement | null): void {
  if (!field || field.dataset["focused"]) return;
  field.dataset["focused"] = "true";
  field.focus();
  field.select();
}
