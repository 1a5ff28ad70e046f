/** The limits of how numbers are written. Written by scripts/schema.py from schema/formats.json. */

export const DIGITS = 5 as const;
export const LEAST_PLAIN = 0.0001 as const;
export const MOST_PLAIN = 10000000000.0 as const;
export const MOST_SHORT = 10000000.0 as const;
export const MOST_WHOLE = 1000000000000000.0 as const;
export const NOISE = 1e-12 as const;
export const MINUS = "−" as const;
export const COLUMN_DIGITS = 4 as const;
export const COLUMN_DIGITS_MANY = 7 as const;
export const COLUMN_DIGITS_MOST = 15 as const;
export const COLUMN_MANY = 200 as const;
export const UNITS = ["k", "M", "G", "T", "P", "E"] as const;
