/** How sure is a mean? Half of its two-sided 95 % interval, by Student's t. nbtrack/figures/student.py has the same numbers. */

import { NORMAL, STUDENT } from "./format_rules";

/** An interval of fewer runs is many times as wide as they lie apart: on an axis that held it nothing else could be seen. */
export const SURE = 3;

/** `sd` is that of the sample; 0 for fewer than two values. */
export function half95(sd: number, n: number): number {
  return n < 2 ? 0 : (sd * student(n - 1)) / Math.sqrt(n);
}

/** The 97.5 % point of t: from a table up to 30 degrees of freedom, then Cornish and Fisher's expansion (to 1e-7). */
export function student(freedom: number): number {
  if (freedom <= STUDENT.length) return STUDENT[freedom - 1];
  const z = NORMAL;
  const terms = [
    (z ** 3 + z) / 4,
    (5 * z ** 5 + 16 * z ** 3 + 3 * z) / 96,
    (3 * z ** 7 + 19 * z ** 5 + 17 * z ** 3 - 15 * z) / 384,
    (79 * z ** 9 + 776 * z ** 7 + 1482 * z ** 5 - 1920 * z ** 3 - 945 * z) / 92160,
  ];
  return terms.reduce((sum, term, power) => sum + term / freedom ** (power + 1), z as number);
}
