import type { AlarmReading, BakeRules, Judgement, Look } from './evidence';
import { evidenceOf, seriesOf } from './look-evidence';
import { openQuestion, pairsWanted } from './open';
import { type View, viewOf } from './view';
import { eValueWords, findingOf, greenAt, strongest, summary } from './words';

export type { AlarmReading, BakeRules, Judgement } from './evidence';

/**
 * One look at a step. Green is taken back at once when the evidence against it reaches 1/falseRollback, when it answers a
 * golden row otherwise than the release that was tested, or when one of its alarms goes off. Everything else is decided
 * when the bake is over: thin, missing or doubtful evidence extends it up to `maxBakeSeconds`, and then the declared
 * default applies; its verdict stays `inconclusive`.
 */
export function judge(look: Look, rules: BakeRules): Judgement {
  const view = viewOf(look, rules);
  const series = seriesOf(view);
  return {
    ...decide(view),
    evidence: evidenceOf(view, series),
    carried: { step: look.step, sequence: view.sequence, pairsWanted: pairsWanted(view), series },
  };
}

/** What the evidence says, without the figures for the report. */
export function decide(view: View): Pick<Judgement, 'decision' | 'verdict' | 'reason'> {
  const { look, rules } = view;
  const failure = failureOf(view);
  if (failure !== undefined) return { decision: 'rollback', verdict: 'fail', reason: failure };
  if (look.bakedSeconds < rules.bakeSeconds) {
    const reason = `baked ${look.bakedSeconds} s of ${rules.bakeSeconds} s; ${summary(view)}`;
    return { decision: 'continue', verdict: 'inconclusive', reason };
  }
  const open = openQuestion(view);
  if (open === undefined) return { decision: 'promote', verdict: 'pass', reason: summary(view) };
  if (look.bakedSeconds < rules.maxBakeSeconds) {
    return { decision: 'extend', verdict: 'inconclusive', reason: `bake extended at ${look.weight} %: ${open}` };
  }
  const decision = rules.onInconclusive === 'promote' ? 'promote' : 'rollback';
  const reason = `inconclusive after ${look.bakedSeconds} s at ${look.weight} %: ${open}; canary.onInconclusive says ${rules.onInconclusive}`;
  return { decision, verdict: 'inconclusive', reason };
}

/** Why green is taken back now. */
function failureOf(view: View): string | undefined {
  const { look, rules, eValues, needed } = view;
  const alarm = vetoOf(look);
  const also = alarm === undefined ? '' : `, and the alarm on ${alarm.metric ?? alarm.name} went off`;
  if (look.probes?.skew !== undefined) {
    return `${greenAt(view)} answers otherwise than the release that was tested, at ${look.probes.skew}${also}`;
  }
  if (eValues.total >= needed) {
    const finding = findingOf(view, strongest(view));
    return `${finding}; this is no chance (e-value ${eValueWords(view)}, false at most once in ${Math.round(1 / rules.falseRollback)} rollouts)${also}`;
  }
  return alarm === undefined ? undefined : `the alarm on ${alarm.metric ?? alarm.name} went off with ${greenAt(view)}`;
}

/** An alarm of green, unless blue's alarm on the same metric is on as well: then the fault is not green's alone. */
function vetoOf({ green, blue }: Look): AlarmReading | undefined {
  const alike = new Set(blue.alarms.filter(({ state }) => state === 'ALARM').map(({ metric }) => metric));
  return green.alarms.find(({ state, metric }) => state === 'ALARM' && (metric === undefined || !alike.has(metric)));
}
