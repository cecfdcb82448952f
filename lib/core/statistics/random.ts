/** Uniform in [0, 1), with 32 bits. */
export type Random = () => number;

/**
 * A seeded generator, so that the same evidence always gives the same interval: sfc32 (C. Doty-Humphrey, PractRand),
 * its state filled by splitmix32 steps of the seed. Not for secrets.
 *
 * @param seed 32 bits are used
 */
export function createRandom(seed: number): Random {
  const next = splitmix32(seed);
  let [a, b, c, counter] = [next(), next(), next(), 1];
  const draw = (): number => {
    const sum = (((a + b) | 0) + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = (((c << 21) | (c >>> 11)) + sum) | 0;
    return (sum >>> 0) / 2 ** 32;
  };
  for (let warmUp = 0; warmUp < 12; warmUp += 1) draw();
  return draw;
}

function splitmix32(seed: number): () => number {
  let state = seed | 0;
  return () => {
    state = (state + 0x9e3779b9) | 0;
    let mixed = Math.imul(state ^ (state >>> 16), 0x21f0aaad);
    mixed = Math.imul(mixed ^ (mixed >>> 15), 0x735a2d97);
    return mixed ^ (mixed >>> 15);
  };
}

/** A standard normal by Box and Muller (1958). */
export function drawNormal(random: Random): number {
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}
