import { drawNormal, type Random } from '../../lib/core/statistics';
import { drawBinomial } from '../../lib/core/statistics/binomial-draw';

/** One minute of one variant. */
export interface Minute {
  readonly requests: number;
  readonly errors: number;
  readonly slow: number;
}

/** Both variants' minutes of a rollout; asked for minute by minute, for a method that extends a bake needs more of them. */
export interface Traffic {
  /** What came in minute `at`, from 0, with `share` of the requests on green and `probes` golden requests to each. */
  minute(at: number, share: number, probes: number): { readonly green: Minute; readonly blue: Minute };
}

export interface Rates {
  readonly errors: number;
  readonly slow: number;
}

export interface TrafficOptions {
  /** Mean requests a minute over both variants. */
  readonly requestsPerMinute: number;
  readonly green: Rates;
  readonly blue: Rates;
  /**
   * Standard deviation of the logarithm of what both variants' rates, and the traffic, are multiplied by from minute to
   * minute, half of it a slow wave over the day. @default 0
   */
  readonly sharedNoise?: number;
}

const DAY = 1440;

/** Shared ups and downs: half a wave of the day, half noise that decays by 0.8 a minute; mean of the factor 1. */
function sharedFactors(random: Random, spread: number): (minute: number) => number {
  if (spread === 0) return () => 1;
  const start = random() * DAY;
  const factors: number[] = [];
  let state = drawNormal(random);
  return (minute) => {
    while (factors.length <= minute) {
      state = 0.8 * state + 0.6 * drawNormal(random);
      const wave = Math.SQRT2 * Math.sin((2 * Math.PI * (start + factors.length)) / DAY);
      factors.push(Math.exp(spread * Math.SQRT1_2 * (wave + state) - (spread * spread) / 2));
    }
    return factors[minute] ?? 1;
  };
}

/** Requests of each variant and their events are binomial, given the minute's rates. */
export function traffic(random: Random, options: TrafficOptions): Traffic {
  const { requestsPerMinute, green, blue, sharedNoise = 0 } = options;
  const [load, trouble] = [sharedFactors(random, sharedNoise), sharedFactors(random, sharedNoise)];
  const of = (requests: number, rates: Rates, factor: number): Minute => ({
    requests,
    errors: drawBinomial(random, requests, Math.min(0.9, rates.errors * factor)),
    slow: drawBinomial(random, requests, Math.min(0.9, rates.slow * factor)),
  });
  return {
    minute: (at, share, probes) => {
      const all = Math.round(requestsPerMinute * load(at));
      const some = drawBinomial(random, all, share);
      const factor = trouble(at);
      return { green: of(some + probes, green, factor), blue: of(all - some + probes, blue, factor) };
    },
  };
}
