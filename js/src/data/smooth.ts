/**
 * How is a noisy line smoothed? The same numbers as nbtrack/figures/smooth.py.
 *
 * A weight of 0 … 0.99 says how many points speak together, 1 / (1 - weight), whatever the smoother. What is not finite
 * stays as it is and does not touch its neighbours.
 */

export const SMOOTHERS = ["ema", "gaussian", "mean"] as const;
export type Smoother = (typeof SMOOTHERS)[number];

export function smoothed(y: Float64Array, weight: number, smoother: string): Float64Array {
  if (weight === 0) return y;
  if (smoother === "gaussian") return gaussian(y, weight);
  return smoother === "mean" ? moving(y, weight) : debiased(y, weight);
}

/** The exponential mean, debiased: the start leans on the points seen so far and not on zero. */
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

/** A bell around each point, whose standard deviation is half the points that speak together. */
function gaussian(y: Float64Array, weight: number): Float64Array {
  const sigma = 0.5 / (1 - weight);
  const radius = Math.max(1, Math.floor(3 * sigma + 0.5));
  return around(y, Float64Array.from({ length: 2 * radius + 1 }, (_, i) => Math.exp(-0.5 * ((i - radius) / sigma) ** 2)));
}

/** The mean of each point and as many before as after it. */
function moving(y: Float64Array, weight: number): Float64Array {
  return around(y, new Float64Array(2 * reach(weight) + 1).fill(1));
}

/** Points on each side of a moving mean. */
export function reach(weight: number): number {
  return Math.max(1, Math.floor(0.5 / (1 - weight) + 0.5));
}

function around(y: Float64Array, kernel: Float64Array): Float64Array {
  const radius = kernel.length >> 1;
  const smooth = new Float64Array(y.length);
  for (let i = 0; i < y.length; i++) {
    if (!Number.isFinite(y[i])) {
      smooth[i] = y[i];
      continue;
    }
    let sum = 0;
    let share = 0;
    const end = Math.min(y.length, i + radius + 1);
    for (let j = Math.max(0, i - radius); j < end; j++) {
      if (!Number.isFinite(y[j])) continue;
      const part = kernel[j - i + radius];
      sum += part * y[j];
      share += part;
    }
    smooth[i] = sum / share;
  }
  return smooth;
}
