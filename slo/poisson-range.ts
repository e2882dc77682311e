// The range of rates that a count of rare events leaves plausible, by quantiles of the chi-square distribution.

/** Between which expected counts the truth lies when `count` events were seen. */
export interface PoissonRange {
  readonly low: number;
  readonly high: number;
}

/**
 * The central range for a count: `χ²(α/2, 2k)/2` to `χ²(1 − α/2, 2k + 2)/2`. Three events leave 0.82 to 7.75.
 * @param confidence how sure to be that the truth lies inside; @default 0.9
 */
export function poissonRange(count: number, confidence = 0.9): PoissonRange {
  const tail = (1 - confidence) / 2;
  return {
    low: count <= 0 ? 0 : chiSquareQuantile(tail, 2 * count) / 2,
    high: chiSquareQuantile(1 - tail, 2 * Math.max(count, 0) + 2) / 2,
  };
}

/** Above this many degrees of freedom the cube-root approximation is good to seven digits and is left as it is. */
const LARGE = 1e6;

/** The value below which a chi-square variable with `freedom` degrees (any positive number) lies with chance `p`, 0 < p < 1. */
export function chiSquareQuantile(p: number, freedom: number): number {
  const shape = freedom / 2;
  let x = firstGuess(p, freedom) / 2;
  if (freedom > LARGE) return 2 * x;
  // Newton's steps with Halley's correction, on the incomplete gamma function.
  for (let step = 0; step < 20; step++) {
    const density = Math.exp((shape - 1) * Math.log(x) - x - logGamma(shape));
    const error = (gammaP(shape, x) - p) / density;
    const change = error / (1 - Math.min(1, error * ((shape - 1) / x - 1)) / 2);
    x = x - change > 0 ? x - change : x / 2;
    if (Math.abs(change) < 1e-12 * x) break;
  }
  return 2 * x;
}

/** Wilson and Hilferty: the cube root of chi-square is nearly normal; near 0 the leading power instead. */
function firstGuess(p: number, freedom: number): number {
  const width = 2 / (9 * freedom);
  const cube = 1 - width + normalQuantile(p) * Math.sqrt(width);
  if (cube > 0.2) return freedom * cube ** 3;
  const shape = freedom / 2;
  return 2 * Math.exp((Math.log(p) + Math.log(shape) + logGamma(shape)) / shape);
}

/** The normal quantile to four digits (Hastings, in Abramowitz and Stegun 26.2.23). */
function normalQuantile(p: number): number {
  const t = Math.sqrt(-2 * Math.log(Math.min(p, 1 - p)));
  const z =
    t -
    (2.515517 + 0.802853 * t + 0.010328 * t * t) /
      (1 + 1.432788 * t + 0.189269 * t * t + 0.001308 * t ** 3);
  return p < 0.5 ? -z : z;
}

/** The regularised lower incomplete gamma function: a series below the mean, a continued fraction above it. */
function gammaP(shape: number, x: number): number {
  const scale = Math.exp(shape * Math.log(x) - x - logGamma(shape));
  if (x < shape + 1) {
    let term = 1 / shape;
    let sum = term;
    for (let n = 1; term > sum * 1e-16; n++) {
      term *= x / (shape + n);
      sum += term;
    }
    return scale * sum;
  }
  // Lentz's method.
  let b = x + 1 - shape;
  let c = 1e300;
  let d = 1 / b;
  let fraction = d;
  for (let n = 1; n < 100_000; n++) {
    const a = -n * (n - shape);
    b += 2;
    d = 1 / nonZero(a * d + b);
    c = nonZero(b + a / c);
    fraction *= d * c;
    if (Math.abs(d * c - 1) < 1e-15) break;
  }
  return 1 - scale * fraction;
}

function nonZero(value: number): number {
  return Math.abs(value) < 1e-300 ? 1e-300 : value;
}

/** ln Γ by Lanczos' sum (g = 7, nine terms), good to fifteen digits for positive numbers. */
function logGamma(x: number): number {
  const t = x + 6.5;
  const sum = LANCZOS.reduce((sum, term, n) => (n === 0 ? term : sum + term / (x - 1 + n)), 0);
  return 0.5 * Math.log(2 * Math.PI) + (x - 0.5) * Math.log(t) - t + Math.log(sum);
}

const LANCZOS = [
  0.99999999999980993, 676.5203681218851, -1259.1392167224028, 771.32342877765313,
  -176.61502916214059, 12.507343278686905, -0.13857109526572012, 9.9843695780195716e-6,
  1.5056327351493116e-7,
];
