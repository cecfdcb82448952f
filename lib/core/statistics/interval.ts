/** Lower and upper bound. */
export type Interval = readonly [low: number, high: number];
