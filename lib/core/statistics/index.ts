export { type Area, type Areas, areasByGroup, areasOf, areasOfSome, type BinaryRows, type PairedAreas } from './areas';
export { AUC_BOOTSTRAP, type AucBootstrapOptions, aucBootstrap } from './auc-bootstrap';
export { type AucInterval, areaInterval, newcombeInterval } from './auc-interval';
export { acceleration, bcaInterval, quantile } from './bca';
export {
  type PairedBootstrap,
  type PairedBootstrapOptions,
  pairedBootstrap,
  percentileInterval,
} from './bootstrap';
export { compareAreas, type PairedAuc } from './delong';
export {
  binomialCdf,
  binomialProbability,
  binomialQuantile,
  binomialTail,
  chiSquareUpperTail,
  clopperPearsonInterval,
  clopperPearsonLowerBound,
} from './distributions';
export { holmAdjusted } from './holm';
export type { Interval } from './interval';
export { type Discordant, type McNemar, mcNemar } from './mcnemar';
export { normalCdf, normalQuantile, twoSidedQuantile } from './normal';
export { detectableDifference, type PowerOptions, pairedProportionsError, rowsNeeded, standardErrorOf } from './power';
export { differenceInterval, type Proportion, ratioInterval } from './proportions';
export { type QuantileEstimate, quantileInterval } from './quantile-interval';
export { createRandom, drawNormal, type Random } from './random';
export { at, midRanks } from './ranks';
export { type PairedProportions, tangoInterval } from './tango';
export { wilsonInterval } from './wilson';
