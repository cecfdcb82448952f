/**
 * Random numbers that are the same on every machine: xoshiro128** 1.1 of D. Blackman and S. Vigna ("Scrambled linear
 * pseudorandom number generators", ACM TOMS 47, 2021; prng.di.unimi.it), seeded by splitmix32 as its authors advise.
 * Only integer operations, additions and multiplications: nothing that an engine may round its own way.
 */
export class Random {
  private readonly state: Uint32Array;

  /** @param seed whole number, 0 to 2^32 − 1 */
  constructor(seed: number) {
    let s = seed >>> 0;
    this.state = Uint32Array.from({ length: 4 }, () => {
      s = (s + 0x9e3779b9) >>> 0;
      let z = s ^ (s >>> 16);
      z = Math.imul(z, 0x21f0aaad);
      z ^= z >>> 15;
      z = Math.imul(z, 0x735a2d97);
      return z ^ (z >>> 15);
    });
  }

  /** 0 to 2^32 − 1. */
  uint32(): number {
    const [a = 0, b = 0, c = 0, d = 0] = this.state;
    const result = Math.imul(rotate(Math.imul(b, 5), 7), 9) >>> 0;
    const c1 = c ^ a;
    const d1 = d ^ b;
    this.state.set([a ^ d1, b ^ c1, c1 ^ (b << 9), rotate(d1, 11)]);
    return result;
  }

  /** In [0, 1). */
  uniform(): number {
    return this.uint32() / 0x1_0000_0000;
  }

  /** Mean 0, variance 1: twelve uniforms less six (Irwin–Hall), which needs no logarithm. */
  normal(): number {
    let sum = -6;
    for (let i = 0; i < 12; i++) sum += this.uniform();
    return sum;
  }

  /** 0 to `count` − 1. */
  below(count: number): number {
    return Math.floor(this.uniform() * count);
  }
}

const rotate = (x: number, k: number): number => (x << k) | (x >>> (32 - k));
