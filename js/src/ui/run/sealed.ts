/**
 * How is a stranger's HTML shown? In a frame without an origin that reaches nothing: not this page, and no network.
 *
 * The page is a frame within a frame. What the outer one forbids counts for the inner one too, and keeps it from going
 * elsewhere: a policy in the page itself could not forbid that.
 */

const POLICY =
  "default-src 'none'; script-src 'unsafe-inline' 'unsafe-eval'; style-src 'unsafe-inline'; img-src data: blob:; " +
  "font-src data:; media-src data: blob:; frame-src 'none'; form-action 'none'";
const HEAD =
  `<!doctype html><html><head><meta charset="utf-8"><meta http-equiv="Content-Security-Policy" content="${POLICY}">` +
  '<meta http-equiv="x-dns-prefetch-control" content="off"><meta name="referrer" content="no-referrer">';
const FULL = "<style>html,body,iframe{margin:0;border:0;width:100%;height:100%;display:block}html,body{overflow:hidden}</style>";

/** The text of a frame around a stranger's page. */
export function sealed(html: string, scripts: boolean): string {
  const inner = html.replace(/&/g, "&amp;").replace(/"/g, "&quot;");
  return `${HEAD}${FULL}</head><body><iframe sandbox="${sandbox(scripts)}" srcdoc="${inner}"></iframe></body></html>`;
}

export const sandbox = (scripts: boolean): string => (scripts ? "allow-scripts" : "");

/** A page of our own with scripts, for what strangers' data is drawn with. */
export function ownPage(style: string, ...scripts: string[]): string {
  return `${HEAD}<style>${style}</style></head><body>${scripts.map(script).join("")}</body></html>`;
}

/** A script must not end where its text names the end of one. */
const script = (code: string): string => `<script>${code.replace(/<(?=\/script|!--)/gi, "\\x3c")}</script>`;

/** A script of plotly that a page would fetch from the network, as plotly's write_html and MLflow's log_figure leave it. */
const FETCHED = /<script[^>]*\ssrc="https:\/\/cdn\.plot\.ly\/plotly[^"]*"[^>]*>\s*<\/script>/i;

export const wantsPlotly = (html: string): boolean => FETCHED.test(html);

/** The page with plotly in it. */
export function withPlotly(html: string, code: string): string {
  return html.replace(FETCHED, () => script(code));
}
