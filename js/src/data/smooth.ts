/** How is a noisy line smoothed? */

/**
 * The exponential mean with weight `weight` (0 … 1) on the past, debiased: the start leans on the points seen so far and
 * not on zero. What is not finite stays as it is and does not touch its neighbours.
 */
export function debiased(y: Float64Array, weight: number): Float64Array {
  const smooth = new Float64Array(y.length);
  let mean = 0;
  let known = 1; // weight ** points seen
  for (let i = 0; i < y.length; i++) {
    if (!Number.isFinite(y[i])) smooth[i] = y[i];
    else {
      mean = mean * weight + (1 - weight) * y[i];
      known *= weight;
      smooth[i] = mean / (1 - known);
    }
  }
  return smooth;
}
