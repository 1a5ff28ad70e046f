/** All styles of the front end as one text, which the mount puts beside the elements they are for. */

import uplot from "uplot/dist/uPlot.min.css";
import charts from "./charts.css";
import theme from "./theme.css";

export const STYLES = [uplot, theme, charts].join("\n");
