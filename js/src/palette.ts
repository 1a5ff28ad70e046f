/**
 * The colors of runs and groups, for both languages: `npm run protocol` writes nbtrack/figures/_palette.py from this file.
 *
 * Each reads on white and on near-black (contrast 3 or more on either), and each is as far from those before it as the
 * others allow, in OKLab, also as people without red or green cones see it.
 */

/** In the order in which groups take them; a run takes one by its id. */
export const COLORS = [
  "#0072b2", "#f0681c", "#cc0060", "#a884fc", "#389c90", "#783cfc", "#b46000", "#d800c0", "#f8406c", "#9c4890", "#489c00", "#6078fc",
];

/** Shown runs of one color, or of colors nearer than `NEAR_COLORS` in OKLab, take different ones. CSS px. */
export const DASHES = [[], [6, 3], [2, 2], [8, 3, 2, 3]];
export const MARKERS = ["circle", "square", "diamond", "triangle"];
export const NEAR_COLORS = 0.1;

/** The tag that holds a color chosen for a run, as #rrggbb. */
export const COLOR_TAG = "nbtrack.color";
