/**
 * How API Gateway throttles: `burst` requests at once, refilled by `rate` a second.
 * Token bucket, J. S. Turner, IEEE Communications Magazine 24 (10), 1986.
 */
export class TokenBucket {
  private tokens: number;
  private filled: number;

  /** @param now seconds, of a clock that never goes back */
  constructor(
    private readonly rate: number,
    private readonly burst: number,
    private readonly now: () => number = () => performance.now() / 1000,
  ) {
    this.tokens = burst;
    this.filled = now();
  }

  /** False if the request is one too many. */
  take(): boolean {
    const now = this.now();
    this.tokens = Math.min(this.burst, this.tokens + (now - this.filled) * this.rate);
    this.filled = now;
    if (this.tokens < 1) return false;
    this.tokens -= 1;
    return true;
  }
}
