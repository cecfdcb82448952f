import { chiSquareUpperTail } from './distributions';

/** x with P(χ² ≥ x) = `tail`, by bisection to the last digits. */
export function chiSquaredUpperQuantile(tail: number, degreesOfFreedom: number): number {
  let [low, high] = [0, Math.max(10, degreesOfFreedom)];
  while (chiSquareUpperTail(high, degreesOfFreedom) > tail) high *= 2;
  for (let step = 0; step < 200 && high - low > 1e-14 * high; step += 1) {
    const middle = (low + high) / 2;
    if (chiSquareUpperTail(middle, degreesOfFreedom) > tail) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}
