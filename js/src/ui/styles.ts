/** All styles of the front end as one text, which the mount puts beside the elements they are for. */

import uplot from "uplot/dist/uPlot.min.css";
import analyse from "./analyse.css";
import charts from "./charts.css";
import compare from "./compare.css";
import forced from "./forced.css";
import motion from "./motion.css";
import root from "./root.css";
import run from "./run.css";
import sheets from "./sheets.css";
import theme from "./theme.css";

/**
 * JupyterLab, Notebook 7 and nbconvert style what stands in an HTML output by its element: two classes and an element, with
 * a state or a place at the most. Three classes outdo that. Every property that those styles set is reset here.
 */
const OURS = ".nbt-root.nbt-root.nbt-root";
const PLAIN = `${OURS} :is(table, thead, tbody, tr, th, td, caption, dl, dt, dd, ul, ol, li, p, pre, code, kbd, blockquote, h1, h2, h3, h4, h5, h6, hr, a, img) {
  margin: 0; padding: 0; border: 0; background: none; color: inherit; font: inherit; text-align: start; max-width: none;
  float: none; clear: none; width: auto; overflow-wrap: normal; box-shadow: none; scroll-margin: 0; overflow: visible;
}
${OURS} table { table-layout: auto; border-spacing: 0; }
${OURS} :is(tr, th, td) { vertical-align: inherit; white-space: inherit; }
${OURS} :is(thead, tbody) { vertical-align: middle; }
${OURS} pre { white-space: pre; }
${OURS} code { white-space: inherit; }
${OURS} kbd { display: inline; border-radius: 0; }
${OURS} :is(ul, ol) { list-style: revert; }
${OURS} a { text-decoration: underline; }
${OURS} svg { max-width: none; }
${OURS} :is(button, input, select, textarea) { border-radius: 0; }`;

const above = (css: string): string => `${OURS} {\n${css}\n}`;

export const styles: string = [uplot, root, motion, PLAIN, ...[theme, charts, analyse, compare, run, sheets, forced].map(above)].join("\n");
