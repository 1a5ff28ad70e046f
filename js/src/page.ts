/** What do all outputs and models of one page share? The registry that loader.ts makes. */

export interface WidgetModel {
  get(name: string): unknown;
  set(name: string, value: unknown): void;
  save_changes(): void;
  send(content: unknown, callbacks?: unknown, buffers?: ArrayBuffer[]): void;
  on(event: string, callback: (...args: never[]) => void): void;
  off(event: string, callback: (...args: never[]) => void): void;
  widget_manager?: { get_model(id: string): Promise<{ comm_live?: boolean } | undefined>; kernel?: KernelConnection };
}

/** What JupyterLab tells of the kernel that a model belongs to. */
export interface KernelConnection {
  isDisposed?: boolean;
  status?: string;
  connectionStatus?: string;
}

/** A mounted view: its own DOM, which can move from one place to another. */
export interface Mounted {
  state: unknown;
  root: HTMLElement;
  place: HTMLElement;
  moveTo(place: HTMLElement): void;
  /** Show a newer saved copy, where no model is. */
  refresh(saved: unknown): Promise<void>;
  close(): void;
}

export interface Page {
  /** By version: the evaluated front end, and the code of those that the page has. */
  fronts: Map<string, Promise<unknown>>;
  offers: Map<string, string>;
  /** By uid: the model with the traits, and the one that requests travel on. */
  models: Map<string, unknown>;
  channels: Map<string, unknown>;
  /** By display id: what is mounted for it. */
  views: Map<string, Set<Mounted>>;
  /** An event named by the uid tells that its model or channel came or went; `front`, that there is code. */
  heard: EventTarget;
}

export const page = (): Page => (globalThis as Record<symbol, unknown>)[Symbol.for("nbtrack.page")] as Page;
