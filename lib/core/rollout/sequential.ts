/** What one variant did between two looks: requests, and how many of them had the event that is tested for. */
export interface Counts {
  readonly requests: number;
  readonly events: number;
}

/** Green's odds of the event as multiples of the odds that are allowed: what each bet expects. */
export const ODDS_RATIOS: readonly number[] = [1.5, 2, 3, 5, 8, 15, 100];

/** How a stake is divided among the bets, as logarithms: most of it where a fault is likely to be. */
const DIVISION: readonly number[] = [0.07, 0.13, 0.2, 0.22, 0.2, 0.13, 0.05].map(Math.log);

/** A bet never stakes all on blue having no event at all. */
const MAX_LOSS = 0.99;

export interface ExcessTest {
  /** Green's rate may lie so far above blue's. */
  readonly excess: number;
  /** Blue's rate as it was before these requests. A wrong one costs power and nothing else. */
  readonly guess: number;
}

/**
 * Logarithms of what each bet against "green's rate is at most blue's + excess" multiplies its capital by.
 *
 * Each of n green requests multiplies it by 1 + λ(y − x − δ), each of m blue ones by 1 − (n/m)λ(y − x), y being 1 for the
 * event and 0 without, δ the excess. λ ≥ 0 and the anchor x may depend on n, m and everything before, not on these y. As
 * ln(1 + z) ≤ z, the expected factor is at most exp(λ Σ(pᵢ − x − δ) − (n/m)λ Σ(qⱼ − x)) = exp(λn(p̄ − q̄ − δ)), with p̄ and
 * q̄ the mean rates of both variants in the block: at most 1 when p̄ ≤ q̄ + δ, whatever the rates are, however they vary from
 * request to request and from look to look, and however unequal n and m are. So the capital is a nonnegative
 * supermartingale, and exceeds c times its start with probability at most 1/c, ever (J. Ville, "Étude critique de la notion
 * de collectif", 1939): one may look as often as one likes.
 *
 * λ and x only decide how fast it grows. They are those of the likelihood ratio of (ω times the allowed odds, blue's
 * rate) to the point of the null hypothesis nearest to it, with the nearest point replaced by its limit for small rates.
 *
 * Source: R. Turner and P. Grünwald, "Exact anytime-valid confidence intervals for contingency tables and beyond",
 * Statistics & Probability Letters 198 (2023), 109835; R. Turner, A. Ly and P. Grünwald, "Generic E-variables for exact
 * sequential k-sample tests that allow for optional stopping", Journal of Statistical Planning and Inference 230 (2024);
 * betting: I. Waudby-Smith and A. Ramdas, "Estimating means of bounded random variables by betting", Journal of the Royal
 * Statistical Society B 86 (2024), pp. 1–27.
 *
 * @returns one number for each of ODDS_RATIOS; zeros when either variant has no request: without both there is no evidence
 */
export function excessBets(green: Counts, blue: Counts, { excess, guess }: ExcessTest): readonly number[] {
  const [n, m] = [green.requests, blue.requests];
  if (n <= 0 || m <= 0) return ODDS_RATIOS.map(() => 0);
  return ODDS_RATIOS.map((ratio) => {
    const expected = raised(guess + excess, ratio);
    const anchor = (n * (expected - excess) + m * guess) / (n + m);
    const allowed = anchor + excess;
    const best = (expected - allowed) / (allowed * (1 - allowed));
    const bet = Math.min(best, MAX_LOSS * Math.min(m / (n * (1 - anchor)), 1 / allowed));
    if (!(bet > 0)) return 0;
    return gain(green, bet, allowed) + gain(blue, (-bet * n) / m, anchor);
  });
}

/**
 * The same against "green's rate is at most `ceiling`", for requests that are compared with no others.
 *
 * @param ceiling from 0 to 1; above a ceiling of 0 a single event is proof
 */
export function ceilingBets(green: Counts, ceiling: number): readonly number[] {
  if (green.requests <= 0 || ceiling >= 1) return ODDS_RATIOS.map(() => 0);
  if (ceiling <= 0) return ODDS_RATIOS.map(() => (green.events > 0 ? CERTAIN : 0));
  return ODDS_RATIOS.map((ratio) => gain(green, (ratio - 1) / (1 + (ratio - 1) * ceiling), ceiling));
}

/** Logarithm of a capital that no test is denied at, still finite in JSON. */
export const CERTAIN = 700;

/** The rate whose odds are `ratio` times those of `rate`. */
const raised = (rate: number, ratio: number): number => (ratio * rate) / (1 + (ratio - 1) * rate);

/** Σ ln(1 + bet·(y − mean)). */
const gain = ({ requests, events }: Counts, bet: number, mean: number): number =>
  events * Math.log1p(bet * (1 - mean)) + (requests - events) * Math.log1p(-bet * mean);

/**
 * Capital is staked anew at every look, so that a fault which begins late is not weighed against all the health before:
 * the k-th look adds 1/(k(k + 1)). All stakes of a test together are 1, as if it had begun with that.
 *
 * Source: J. Shin, A. Ramdas and A. Rinaldo, "E-detectors: a nonparametric framework for sequential change detection", New
 * England Journal of Statistics in Data Science 2 (2024), section 3, with a prior over the change's time.
 *
 * @param capital logarithms by bet
 * @param look from 1, over the whole rollout
 */
export function withStake(capital: readonly number[], look: number): readonly number[] {
  const stake = -Math.log(look * (look + 1));
  return capital.map((log, i) => addLogs(log, stake + (DIVISION[i] ?? Number.NEGATIVE_INFINITY)));
}

/** ln(eᵃ + eᵇ). */
export function addLogs(a: number, b: number): number {
  const [high, low] = a > b ? [a, b] : [b, a];
  return low === Number.NEGATIVE_INFINITY ? high : high + Math.log1p(Math.exp(low - high));
}
