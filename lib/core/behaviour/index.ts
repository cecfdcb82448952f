export type { Answer, Decisions } from './answers';
export type { BehaviourConfig, BehaviourTest, Perturbation, ProbeRow } from './config';
export { slugOf, stepOf } from './config';
export { type BehaviourAnswers, judgeBehaviour } from './judge';
export {
  type BehaviourPlan,
  baseRows,
  namedProbes,
  type Probe,
  planBehaviour,
  probeRows,
  type Selection,
} from './plan';
