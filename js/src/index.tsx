/** What do anywidget and the saved outputs load? The front end, evaluated once a page by loader.ts. */

import { mountWidget } from "./mount";
import type { WidgetModel } from "./page";

export { mountOutput } from "./mount";

export function render({ model, el, signal }: { model: WidgetModel; el: HTMLElement; signal?: AbortSignal }): void {
  mountWidget(el, model, signal);
}
