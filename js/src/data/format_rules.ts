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
export const NORMAL = 1.959963984540054 as const;
export const STUDENT = [12.706204736, 4.30265273, 3.182446305, 2.776445105, 2.570581836, 2.446911851, 2.364624252, 2.306004135, 2.262157163, 2.228138852, 2.20098516, 2.17881283, 2.160368656, 2.144786688, 2.131449546, 2.119905299, 2.109815578, 2.10092204, 2.093024054, 2.085963447, 2.079613845, 2.073873068, 2.06865761, 2.063898562, 2.059538553, 2.055529439, 2.051830516, 2.048407142, 2.045229642, 2.042272456] as const;
