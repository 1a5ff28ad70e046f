/** Is this JSON a plotly figure? */

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
