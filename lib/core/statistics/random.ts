/** Uniform in [0, 1), with 32 bits. */
export type Random = () => number;

/**
 * A seeded generator, so that the same evidence always gives the same interval: sfc32 (C. Doty-Humphrey, PractRand),
 * its state filled by splitmix32 steps of the seed. Not for secrets.
 *
 * @param seed 32 bits are used
 */
export function createRandom(seed: number): Random {
  const bits = new RandomBits(seed);
  const some = new Uint32Array(AT_ONCE);
  let used = AT_ONCE;
  return () => {
    if (used === AT_ONCE) {
      bits.fill(some, AT_ONCE);
      used = 0;
    }
    used += 1;
    return (some[used - 1] as number) / 2 ** 32;
  };
}

/** Some generators are asked for a few numbers only. */
const AT_ONCE = 16;

/** The same generator, 32 bits a number: many at once, since a number alone costs several times as much. */
export class RandomBits {
  private readonly state = new Int32Array(4);

  /** @param seed 32 bits are used */
  constructor(seed: number) {
    this.reset(seed);
  }

  /** Begins anew. */
  reset(seed: number): void {
    const next = splitmix32(seed);
    for (let index = 0; index < 3; index += 1) this.state[index] = next();
    this.state[3] = 1;
    this.fill(WARM_UP, WARM_UP.length);
  }

  /** 0 to 2³² − 1, as the first `count` numbers of the array. */
  fill(into: Uint32Array, count: number): void {
    const { state } = this;
    let a = state[0] as number;
    let b = state[1] as number;
    let c = state[2] as number;
    let counter = state[3] as number;
    for (let index = 0; index < count; index += 1) {
      const sum = (((a + b) | 0) + counter) | 0;
      counter = (counter + 1) | 0;
      a = b ^ (b >>> 9);
      b = (c + (c << 3)) | 0;
      c = (((c << 21) | (c >>> 11)) + sum) | 0;
      into[index] = sum;
    }
    state[0] = a;
    state[1] = b;
    state[2] = c;
    state[3] = counter;
  }
}

/** Numbers that nobody needs. */
const WARM_UP = new Uint32Array(12);

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
