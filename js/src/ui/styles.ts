/** All styles of the front end as one text, which the mount puts beside the elements they are for. */

import uplot from "uplot/dist/uPlot.min.css";
import analyse from "./analyse.css";
import charts from "./charts.css";
import compare from "./compare.css";
import forced from "./forced.css";
import motion from "./motion.css";
import run from "./run.css";
import sheets from "./sheets.css";
import theme from "./theme.css";

/** JupyterLab styles every table and list in an HTML output by two classes and an element: so much must be outdone. */
const OURS = ".nbt-root.nbt-root.nbt-root";
const PLAIN = `${OURS} :is(table, thead, tbody, tr, th, td, dl, dt, dd, ul, ol, li, p, pre, code, h1, h2, h3, h4) {
  margin: 0; padding: 0; border: 0; background: none; color: inherit; font: inherit; text-align: start; max-width: none;
  float: none; clear: none; width: auto; overflow-wrap: normal;
}`;

const above = (css: string): string => `${OURS} {\n${css}\n}`;

export const styles: string = [uplot, theme, motion, PLAIN, ...[charts, analyse, compare, run, sheets, forced].map(above)].join("\n");
