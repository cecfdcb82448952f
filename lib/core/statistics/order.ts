/** Below this, comparing is quicker than counting digits. */
const RADIX_FROM = 2048;

/**
 * Row numbers in descending order of their values; equal values (0 and −0 are equal) keep the order of their rows. O(n).
 *
 * Long columns are sorted by digits of 16 bits, least significant first (D. E. Knuth, "The art of computer programming 3",
 * section 5.2.5), over the bits of the doubles turned so that they order as unsigned integers do.
 *
 * @param values no NaN
 */
export function descendingOrder(values: Float64Array): Uint32Array {
  const n = values.length;
  const order = new Uint32Array(n);
  for (let row = 0; row < n; row += 1) order[row] = row;
  if (n < RADIX_FROM) {
    return order.sort((i, j) => (values[j] as number) - (values[i] as number) || i - j);
  }
  const digits = digitsOf(values);
  let [from, to] = [order, new Uint32Array(n)];
  for (let digit = 0; digit < 4; digit += 1) {
    if (pass(digits, digit, from, to)) [from, to] = [to, from];
  }
  return from;
}

/** Four digits of 16 bits a value, least significant first; a higher value has lower digits. */
function digitsOf(values: Float64Array): Uint16Array {
  const digits = new Uint16Array(values.length * 4);
  const doubles = new Float64Array(digits.buffer);
  // Adding 0 turns −0 into 0.
  for (let row = 0; row < values.length; row += 1) doubles[row] = (values[row] as number) + 0;
  for (let last = 3; last < digits.length; last += 4) {
    if ((digits[last] as number) >= 0x8000) continue;
    for (let digit = last - 3; digit < last; digit += 1) digits[digit] = ~(digits[digit] as number);
    digits[last] = ~(digits[last] as number) & 0x7fff;
  }
  return digits;
}

/** One stable counting sort; does nothing and answers false where all values share the digit. */
function pass(digits: Uint16Array, digit: number, from: Uint32Array, to: Uint32Array): boolean {
  const starts = new Uint32Array(0x10000);
  for (let index = digit; index < digits.length; index += 4) (starts[digits[index] as number] as number) += 1;
  if ((starts[digits[digit] as number] as number) === from.length) return false;
  for (let value = 0, start = 0; value < starts.length; value += 1) {
    const count = starts[value] as number;
    starts[value] = start;
    start += count;
  }
  for (let position = 0; position < from.length; position += 1) {
    const row = from[position] as number;
    const value = digits[4 * row + digit] as number;
    to[starts[value] as number] = row;
    (starts[value] as number) += 1;
  }
  return true;
}
