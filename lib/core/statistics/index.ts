export { type Area, type Areas, areasByGroup, areasOf, areasOfSome } from './areas';
export { AUC_BOOTSTRAP, aucBootstrap } from './auc-bootstrap';
export { type AucInterval, areaInterval, newcombeInterval } from './auc-interval';
export { acceleration, bcaInterval, quantile } from './bca';
export { type PairedBootstrap, pairedBootstrap } from './bootstrap';
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
export { type Discordant, mcNemar } from './mcnemar';
export { normalCdf, normalQuantile, twoSidedQuantile } from './normal';
export { detectableDifference, pairedProportionsError, rowsNeeded, standardErrorOf } from './power';
export { differenceInterval, ratioInterval } from './proportions';
export { quantileInterval } from './quantile-interval';
export { createRandom, drawNormal, type Random } from './random';
export { at, midRanks } from './ranks';
export { tangoInterval } from './tango';
export { wilsonInterval } from './wilson';
