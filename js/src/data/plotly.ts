/** Is this JSON a plotly figure, or does this page draw one? */

export interface PlotlyFigure {
  data: Record<string, unknown>[];
  layout: Record<string, unknown>;
}

export function readFigure(text: string): PlotlyFigure | null {
  if (!text.includes('"data"') && !text.includes('"layout"')) return null;
  try {
    const { data, layout } = (JSON.parse(text) ?? {}) as { data?: unknown; layout?: unknown };
    const traces = Array.isArray(data) && data.length > 0 && data.every((trace) => isObject(trace) && isTrace(trace));
    if (!traces || !(layout === undefined || isObject(layout))) return null;
    return { data: data as PlotlyFigure["data"], layout: (layout as PlotlyFigure["layout"]) ?? {} };
  } catch {
    return null; // NaN and its like are no JSON for a browser, and plotly writes none
  }
}

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === "object" && value !== null && !Array.isArray(value);

/** Every trace but the scattered points that are plotly's default says what it is; those have coordinates. */
const isTrace = (trace: Record<string, unknown>): boolean => typeof trace.type === "string" || "x" in trace || "y" in trace;

/**
 * The figure that a page of plotly draws: the data and the layout of its only call of `Plotly.newPlot`, as JSON. Nothing of
 * the page is run. null where they are no JSON, or the page draws several.
 */
export function figureInPage(html: string): PlotlyFigure | null {
  const [, call, ...others] = html.split(/Plotly\.(?:newPlot|react)\(/);
  if (call === undefined || others.length > 0) return null;
  const data = jsonAt(call, call.indexOf("["));
  if (data === null) return null;
  const rest = call.slice(call.indexOf(data) + data.length);
  const layout = /^\s*,\s*\{/.test(rest) ? jsonAt(rest, rest.indexOf("{")) : "{}";
  return layout === null ? null : readFigure(`{"data": ${data}, "layout": ${layout}}`);
}

/** The array or object that begins at a place, up to its own end; null where it has none. */
function jsonAt(text: string, from: number): string | null {
  if (from < 0) return null;
  let depth = 0;
  for (let at = from; at < text.length; at++) {
    const letter = text[at];
    if (letter === '"') at = endOfString(text, at);
    else if (letter === "[" || letter === "{") depth++;
    else if ((letter === "]" || letter === "}") && --depth === 0) return text.slice(from, at + 1);
  }
  return null;
}

/** The place of the quote that ends the string which begins at a place. */
function endOfString(text: string, from: number): number {
  let at = from + 1;
  while (at < text.length && text[at] !== '"') at += text[at] === "\\" ? 2 : 1;
  return at;
}
