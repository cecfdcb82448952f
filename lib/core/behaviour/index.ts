export type { Answer, Decisions } from './answers';
export type { BehaviourConfig, BehaviourTest, Expectation, Perturbation, ProbeRow, TestType } from './config';
export { slugOf, stepOf } from './config';
export { determinismCheck, type Repeated } from './determinism';
export { type BehaviourAnswers, judgeBehaviour } from './judge';
export type { ColumnTypes } from './perturb';
export { MAX_VARIANTS } from './perturb';
export {
  type BehaviourPlan,
  baseRows,
  type Case,
  namedProbes,
  type PlannedTest,
  type Probe,
  planBehaviour,
  probeRows,
  type Selection,
} from './plan';
