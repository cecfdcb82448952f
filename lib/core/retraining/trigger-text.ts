import { TRIGGER_KINDS, type Trigger, type TriggerKind } from './trigger';

/** Value of the pipeline's variable when nothing but a push started the run. */
export const PUSHED = 'push';

/** Longest value of a pipeline variable. */
const LIMIT = 1000;
/** An object's key with its bucket and its version is not longer. */
const LONGEST_KEY = 2500;
const LONGEST_TIME = 40;
/** Longest parts of a trigger that had to be cut. */
const CUT = { also: 5, alsoReason: 80, key: 200, reason: 300 } as const;

/**
 * A trigger as the value of a pipeline variable: JSON of 1,000 characters at most, in which quotes, backslashes, percent
 * signs, number signs, control characters and whatever ends a line are percent-encoded (`decodeURIComponent` gives the JSON). CodePipeline
 * puts the value into the JSON of a build's variables as it is, so that a quote would break that (aws/aws-cdk#8458).
 * What does not fit is cut: first other requests, then the key, then the reason.
 */
export function triggerText(trigger: Trigger): string {
  for (const smaller of smallerAndSmaller(trigger)) {
    const text = encode(smaller);
    if (text.length <= LIMIT) return text;
  }
  throw new Error(`the trigger ${trigger.kind} of ${trigger.at} cannot be told in ${LIMIT} characters`);
}

function* smallerAndSmaller(trigger: Trigger): Generator<Trigger> {
  yield trigger;
  const { also = [], ...alone } = trigger;
  for (const [entries, length] of [
    [also.length, CUT.alsoReason],
    [CUT.also, CUT.alsoReason],
    [CUT.also, 0],
  ] as const) {
    yield { ...alone, also: also.slice(0, entries).map(({ kind, reason }) => ({ kind, reason: cut(reason, length) })) };
  }
  const key = cut(alone.key, CUT.key);
  yield { ...alone, key };
  yield { ...alone, key, reason: cut(alone.reason, CUT.reason) };
  const { kind, at } = alone;
  for (let length: number = CUT.reason; length > 0; length = Math.floor(length / 2)) {
    yield { kind, at, key: cut(key, length), reason: cut(alone.reason, length) };
  }
}

const cut = (text: string, length: number): string =>
  text.length <= length ? text : `${text.slice(0, Math.max(0, length - 1)).replace(/[\uD800-\uDBFF]$/, '')}…`;

const encode = (trigger: Trigger): string =>
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what must not be in a variable
  JSON.stringify(trigger).replace(/["\\%#\u0000-\u001f\u007f-\u009f\u2028\u2029]/g, encodeURIComponent);

/** What a push is known by where the variable says nothing else. */
export interface Push {
  readonly commit: string;
  readonly branch?: string;
  /** ISO 8601. */
  readonly at: string;
}

/**
 * Why a run was started, read from the value of its pipeline variable; nothing and `push` are a push.
 * @throws Error, one line: neither `push` nor a trigger
 */
export function parseTrigger(text: string | undefined, push: Push): Trigger {
  if (text === undefined || text === '' || text === PUSHED) return pushTrigger(push);
  const value = decode(text);
  if (isTrigger(value)) return value;
  throw new Error(
    `the pipeline's variable Trigger is "${cut(text, 200)}"; it is "${PUSHED}", or a trigger of one of the kinds ${TRIGGER_KINDS.join(', ')} as "assay retrain" and the triggers write it`,
  );
}

export const pushTrigger = ({ commit, branch, at }: Push): Trigger => ({
  kind: 'push',
  reason: branch === undefined ? 'push' : `push to ${branch}`,
  at,
  key: commit,
});

function decode(text: string): unknown {
  try {
    return JSON.parse(decodeURIComponent(text));
  } catch {
    return undefined;
  }
}

const isKind = (value: unknown): value is TriggerKind => TRIGGER_KINDS.some((kind) => kind === value);
const isText = (value: unknown): value is string => typeof value === 'string';
const isOptionalText = (value: unknown): boolean => value === undefined || isText(value);

/** Whether a value that came from outside is a trigger. */
export function isTrigger(value: unknown): value is Trigger {
  if (typeof value !== 'object' || value === null) return false;
  const { kind, reason, at, key, by, report, also } = value as Partial<Record<keyof Trigger, unknown>>;
  return (
    isKind(kind) &&
    isText(reason) &&
    isText(at) &&
    at.length <= LONGEST_TIME &&
    Number.isFinite(Date.parse(at)) &&
    isText(key) &&
    key !== '' &&
    key.length <= LONGEST_KEY &&
    isOptionalText(by) &&
    isOptionalText(report) &&
    (also === undefined || (Array.isArray(also) && also.every(isOther)))
  );
}

function isOther(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  const { kind, reason } = value as Partial<Record<keyof Trigger, unknown>>;
  return isKind(kind) && isText(reason);
}
