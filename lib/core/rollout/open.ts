import { holesOf } from './counts';
import type { BakeRules, Carried } from './evidence';
import { rateOf, type View } from './view';
import { brokenWords, eValueWords, findingOf, shiftWords, strongest } from './words';

/** What keeps the step from being promoted, one line; `undefined` when the evidence is complete and good. */
export function openQuestion(view: View): string | undefined {
  return missingRequests(view) ?? missingCounts(view) ?? missingProbes(view) ?? troubleOfBlue(view) ?? unproven(view);
}

function missingRequests(view: View): string | undefined {
  const { green, look, rules } = view;
  const unsent = look.probes?.unsent === undefined ? '' : `; golden requests could not be sent: ${look.probes.unsent}`;
  if (green.requests === undefined) {
    const served = view.blue.requests === undefined ? '' : `, while ${look.blue.name} answered ${view.blue.requests}`;
    return `no request of ${look.green.name} was recorded${served}${unsent}`;
  }
  if (green.requests >= rules.minRequests) return undefined;
  return `${look.green.name} answered ${green.requests} requests; ${rules.minRequests} are needed${holes(view)}${unsent}`;
}

function holes({ look }: View): string {
  const count = holesOf(look.green.intervals, look.blue.intervals);
  if (count === 0) return '';
  return `; it has no data in ${count} of ${look.blue.intervals.length} periods with data of ${look.blue.name}`;
}

const METRICS = { errors: 'error metrics', refused: '4XX metric', slow: 'latency metric' } as const;

function missingCounts(view: View): string | undefined {
  const { look, rules, green, blue } = view;
  for (const event of ['errors', 'slow', 'refused'] as const) {
    const verb = event === 'errors' ? 'have' : 'has';
    const known = green[event]?.requests ?? 0;
    if (known === 0) return `the ${METRICS[event]} of ${look.green.name} ${verb} no data${holes(view)}`;
    if (known < rules.minRequests)
      return `the ${METRICS[event]} of ${look.green.name} cover ${known} requests; ${rules.minRequests} are needed`;
    // At 100 % the old release gets golden requests alone, and not even those if there are none.
    if (look.weight < 100 && blue[event] === undefined) {
      return `the ${METRICS[event]} of ${look.blue.name} ${verb} no data to compare with`;
    }
  }
  return undefined;
}

function missingProbes({ look: { probes, step, green }, rules }: View): string | undefined {
  const wanted = wantedInStep(rules);
  const sent = probes?.step === step ? probes.stepPairs : 0;
  if (sent >= wanted) return undefined;
  return `${sent} of ${wanted} golden requests reached ${green.name} and the old release: ${probes?.unsent ?? 'the others are still to be sent'}`;
}

function troubleOfBlue({ look, sequence }: View): string | undefined {
  const gone = [...look.green.alarms, ...look.blue.alarms].find((reading) => reading.state === undefined);
  if (gone !== undefined) return `alarm ${gone.name} does not exist`;
  const alarm = look.blue.alarms.find((reading) => reading.state === 'ALARM');
  if (alarm !== undefined) return `alarm ${alarm.metric ?? alarm.name} of ${look.blue.name} is on, so no step is taken`;
  return sequence.outage ? `${look.blue.name} is above its limits as well, so nobody can tell` : undefined;
}

/** The evidence against green at which no step is taken: all capital of the tests together has doubled. */
const GROWN = 2;

/** Above a limit, or evidence is growing, and it may still be chance. */
function unproven(view: View): string | undefined {
  const { own, rules, shift, look, eValues } = view;
  if (own.errors === undefined || own.errors.requests < rules.minRequests) return 'too few requests outside the outage';
  if (rateOf(own.errors) > rules.maxErrorRate) return perhaps(findingOf(view, 'errorRate'));
  if (own.slow !== undefined && rateOf(own.slow) > rules.maxSlowRate) return perhaps(findingOf(view, 'slowRate'));
  if (look.probes !== undefined && rateOf(look.probes.answers) > rules.probes.maxInvalidRate) {
    return perhaps(brokenWords(view));
  }
  if (shift !== undefined && shift.distance > rules.maxPredictionShift) return perhaps(shiftWords(view));
  if (eValues.total < GROWN) return undefined;
  return perhaps(`${findingOf(view, strongest(view))} (e-value ${eValueWords(view)})`);
}

const perhaps = (finding: string): string => `${finding}; it may be chance`;

/** Pairs that a step needs before it may be promoted: no more than its looks before the end of the bake can send. */
function wantedInStep({ probes, bakeSeconds, judgeEverySeconds }: BakeRules): number {
  return Math.min(probes.pairs, probes.maxPerLook * Math.ceil(bakeSeconds / judgeEverySeconds));
}

/**
 * Golden requests to send at the next look: those that every step has, those without which there would be too few
 * requests at the end of the bake at the pace so far, and late in the bake those that can settle a limit that is exceeded by
 * few requests.
 */
export function pairsWanted(view: View): number {
  const { look, rules, own, green, shift } = view;
  if (rules.probes.maxPerLook === 0) return 0;
  const sent = look.probes?.step === look.step ? look.probes.stepPairs : 0;
  const pace = rules.bakeSeconds / Math.min(rules.bakeSeconds, Math.max(1, look.bakedSeconds));
  // What was sent just now is not in the metrics yet.
  const expected = Math.max(sent, (own.errors?.requests ?? green.requests ?? 0) * pace);
  const wants = [wantedInStep(rules) - sent, rules.minRequests - expected];
  if (look.bakedSeconds >= rules.bakeSeconds / 2) {
    for (const [event, limit] of [
      ['errors', rules.maxErrorRate],
      ['slow', rules.maxSlowRate],
    ] as const) {
      const counts = own[event];
      if (counts !== undefined && rateOf(counts) > limit && limit > 0)
        wants.push(counts.events / limit - counts.requests);
    }
    const rowsLeft = look.probes === undefined ? 0 : look.probes.rows - look.probes.taken;
    if (shift !== undefined && shift.distance > rules.maxPredictionShift) wants.push(rowsLeft);
    if (view.eValues.total >= GROWN) wants.push(rules.probes.maxPerLook);
  }
  return Math.ceil(Math.min(rules.probes.maxPerLook, Math.max(0, ...wants)));
}

/** Golden requests that a look sends, from what the look before left. */
export function pairsToSend(rules: BakeRules, step: number, carried: Carried | undefined): number {
  if (carried?.step === step) return carried.pairsWanted;
  return Math.min(rules.probes.maxPerLook, rules.probes.pairs);
}
