/** How sure is a mean? Half of its two-sided 95 % interval, by Student's t. */

/** By degrees of freedom; beyond them that of the normal distribution. */
const STUDENT = [
  ...[12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228],
  ...[2.201, 2.179, 2.16, 2.145, 2.131, 2.12, 2.11, 2.101, 2.093, 2.086],
  ...[2.08, 2.074, 2.069, 2.064, 2.06, 2.056, 2.052, 2.048, 2.045, 2.042],
];
const NORMAL = 1.96;

/** An interval of fewer runs is many times as wide as they lie apart: on an axis that held it nothing else could be seen. */
export const SURE = 3;

/** `sd` is that of the sample; 0 for fewer than two values. */
export function half95(sd: number, n: number): number {
  return n < 2 ? 0 : (sd * (STUDENT[n - 2] ?? NORMAL)) / Math.sqrt(n);
}
