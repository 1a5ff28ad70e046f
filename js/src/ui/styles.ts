/** All styles of the front end as one text, which the mount puts beside the elements they are for. */

import uplot from "uplot/dist/uPlot.min.css";
import charts from "./charts.css";
import compare from "./compare.css";
import run from "./run.css";
import theme from "./theme.css";

export const styles: string = [uplot, theme, charts, compare, run].join("\n");
