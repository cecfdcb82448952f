import { type Totals, totalsOf } from './counts';
import type { BakeRules, Look } from './evidence';
import { observe } from './observe';
import { type Shift, shiftCapital, shiftOf } from './predictions';
import type { Counts } from './sequential';
import { type EValues, eValuesOf, FIRST_SEQUENCE, nextStep, type Sequence } from './tests';

/** A look with everything that was computed from it. */
export interface View {
  readonly look: Look;
  readonly rules: BakeRules;
  readonly green: Totals;
  readonly blue: Totals;
  /** Green's counts without the looks at which blue was surely above the ceiling, too. */
  readonly own: Readonly<Record<'errors' | 'slow', Counts | undefined>>;
  readonly sequence: Sequence;
  readonly eValues: EValues;
  /** The e-value that takes the rollout back: 1/falseRollback. */
  readonly needed: number;
  /** Undefined when no row was answered by both. */
  readonly shift: Shift | undefined;
}

export function viewOf(look: Look, rules: BakeRules): View {
  const { carried, step, probes } = look;
  const [green, blue] = [totalsOf(look.green.intervals), totalsOf(look.blue.intervals)];
  const before = carried?.sequence ?? FIRST_SEQUENCE;
  const sequence = observe(
    carried?.step === step ? before : nextStep(before),
    { green, blue, answers: probes?.answers ?? { requests: 0, events: 0 } },
    rules,
  );
  const shift = probes === undefined ? undefined : shiftOf(probes.shift, probes.answersAre);
  return {
    look,
    rules,
    green,
    blue,
    own: { errors: without(green.errors, sequence.shared.errors), slow: without(green.slow, sequence.shared.slow) },
    sequence,
    eValues: eValuesOf(sequence, probes === undefined ? Number.NEGATIVE_INFINITY : shiftCapital(probes.shift)),
    needed: 1 / rules.falseRollback,
    shift: shift === undefined || shift.rows === 0 ? undefined : shift,
  };
}

const without = (all: Counts | undefined, shared: Counts): Counts | undefined =>
  all === undefined ? undefined : { requests: all.requests - shared.requests, events: all.events - shared.events };

/** Events as a share of requests; 0 without any. */
export const rateOf = ({ requests, events }: Counts): number => (requests > 0 ? events / requests : 0);
