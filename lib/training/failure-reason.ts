/**
 * JSONata for the cause of a failed execution: one line that names what failed and why. A failed `.sync` job carries the
 * job's description as JSON text, a refused call carries plain text, and a failed function its error as JSON text.
 */
const CAUSE = '$states.input.Cause';

const oneLine = (expression: string): string => `$replace($trim($string(${expression})), /\\s+/, ' ')`;

const described = (fields: string): string =>
  `($exists(${CAUSE}) ? ($match(${CAUSE}, /^\\s*\\{/) ? (${fields}) : ${CAUSE}) : $states.input.Error)`;

/** The first of the expressions that has a value; JSONata's `?:` would also skip an empty string, which is no reason. */
const firstOf = (...expressions: readonly string[]): string =>
  expressions
    .map((expression, i) => (i === expressions.length - 1 ? expression : `$exists(${expression}) ? ${expression} : `))
    .join('');

/** @param what JSONata that names the job, e.g. `'training job ' & $name` */
export function reasonOfFailedJob(what: string): string {
  const job = `$parse(${CAUSE})`;
  const reason = firstOf(`${job}.FailureReason`, `${job}.TrainingJobStatus`, `${job}.TransformJobStatus`, CAUSE);
  return `${what} & ($states.input.Error = 'States.Timeout' ? ' timed out' : ' failed: ' & ${oneLine(described(reason))})`;
}

/** @param what what the function was doing, in words */
export function reasonOfFailedLambda(what: string): string {
  const reason = firstOf(`$parse(${CAUSE}).errorMessage`, CAUSE);
  return `'${what} failed: ' & ${oneLine(described(reason))}`;
}
