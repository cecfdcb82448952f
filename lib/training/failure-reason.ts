/**
 * JSONata for the cause of a failed execution: one line that names what failed and why. A failed `.sync` job carries the
 * job's description as JSON text, a refused call carries plain text, and a failed function its error as JSON text.
 */
const CAUSE = '$states.input.Cause';

/** The first of the expressions that is neither missing nor empty. (Step Functions' JSONata has no `?:` of its own.) */
const firstOf = (...expressions: readonly string[]): string =>
  expressions.reduceRight((rest, expression) => `(${expression} ? ${expression} : ${rest})`);

const oneLine = (expression: string): string => `$replace($trim($string(${expression})), /\\s+/, ' ')`;

/** @param fields names inside a cause that is JSON text, in the order of preference */
function reason(...fields: readonly string[]): string {
  const described = `$contains($string(${CAUSE}), /^\\s*\\{/) ? $parse(${CAUSE})`;
  const found = fields.map((field) => `(${described}.${field})`);
  return oneLine(firstOf(...found, CAUSE, '$states.input.Error'));
}

/** @param what JSONata that names the job, e.g. `'training job ' & $name` */
export function reasonOfFailedJob(what: string): string {
  const why = reason('FailureReason', 'SecondaryStatus', 'TrainingJobStatus', 'TransformJobStatus');
  return `${what} & ($states.input.Error = 'States.Timeout' ? ' timed out' : ' failed: ' & ${why})`;
}

/** @param what what the function was doing, in words */
export function reasonOfFailedLambda(what: string): string {
  return `'${what} failed: ' & ${reason('errorMessage')}`;
}
