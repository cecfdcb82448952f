export { type Area, type Areas, areasByGroup, areasOf, areasOfSome, type BinaryRows, type PairedAreas } from './areas';
export { type AucInterval, areaInterval, aucInterval, newcombeInterval } from './auc-interval';
export { acceleration, bcaInterval, quantile } from './bca';
export {
  type BootstrapOptions,
  bootstrapInterval,
  type PairedBootstrap,
  type PairedBootstrapOptions,
  pairedBootstrap,
  percentileInterval,
} from './bootstrap';
export {
  aucCovariance,
  compareAreas,
  compareAuc,
  compareIndependentAreas,
  mean,
  type PairedAuc,
  type RocArea,
  rocArea,
  type ScoresByClass,
} from './delong';
export {
  binomialCdf,
  binomialProbability,
  binomialQuantile,
  binomialTail,
  chiSquareCdf,
  chiSquareUpperTail,
  clopperPearsonInterval,
  studentCdf,
} from './distributions';
export type { Interval } from './interval';
export { normalCdf, normalQuantile, twoSidedQuantile } from './normal';
export { type QuantileEstimate, quantileInterval } from './quantile-interval';
export { createRandom, drawNormal, type Random } from './random';
export { at, midRanks } from './ranks';
export { wilsonInterval } from './wilson';
