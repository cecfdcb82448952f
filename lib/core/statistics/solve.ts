/**
 * The point between `inside` and `outside` where a condition that holds at `inside` ceases to, to the last bit but one.
 * `inside` itself if it does not hold there.
 */
export function boundary(inside: number, outside: number, holds: (x: number) => boolean): number {
  if (holds(outside)) return outside;
  let [near, far] = [inside, outside];
  for (let step = 0; step < 100; step += 1) {
    const middle = (near + far) / 2;
    if (middle === near || middle === far) break;
    if (holds(middle)) near = middle;
    else far = middle;
  }
  return near;
}
