"""The colors, dashes and markers of runs and groups. Written from js/src/palette.ts by `npm run protocol`."""

COLORS: list[str] = ["#0072b2", "#f0681c", "#cc0060", "#a884fc", "#389c90", "#783cfc", "#b46000", "#d800c0", "#f8406c", "#9c4890", "#489c00", "#6078fc"]
DASHES: list[list[int]] = [[], [6, 3], [2, 2], [8, 3, 2, 3]]
MARKERS: list[str] = ["circle", "square", "diamond", "triangle"]
NEAR_COLORS: float = 0.1
COLOR_TAG: str = "nbtrack.color"
