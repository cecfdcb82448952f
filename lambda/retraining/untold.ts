import type { RetrainingDecision, RetrainingState, RetrainingStep } from '../../lib/core/retraining/state';

/** Decisions that are kept while the bus takes none; later ones push out the oldest. */
const MOST = 50;

/** That a request waits is told once, or never: what comes of it is told anyway. */
export const matters = ({ decision }: RetrainingDecision): boolean => decision !== 'waits';

/** Keeps the step's decisions with the state, so that whoever is killed before he tells them does not take them along. */
export function keepUntold({ state, decisions }: RetrainingStep): RetrainingStep {
  const kept = decisions.filter(matters);
  if (kept.length === 0) return { state, decisions };
  return { state: { ...state, untold: [...(state.untold ?? []), ...kept].slice(-MOST) }, decisions };
}

/** The state without decisions that the bus has. */
export function forgetTold(state: RetrainingState, told: readonly RetrainingDecision[]): RetrainingState {
  const { untold = [], ...rest } = state;
  const texts = told.map((decision) => JSON.stringify(decision));
  const left = untold.filter((decision) => !texts.includes(JSON.stringify(decision)));
  return left.length === 0 ? rest : { ...rest, untold: left };
}
