import { didYouMean } from '../nearest';

/** What a monitor outside AWS tells: a metric that it measured, and the features that it concerns. */
export interface WebhookPayload {
  /** Who measured, e.g. `grafana`. */
  readonly source: string;
  /** What, e.g. `psi`. */
  readonly metric: string;
  readonly value: number;
  /** Columns of the model that it concerns; empty where it concerns none or all. */
  readonly features: readonly string[];
}

const MEMBERS = ['source', 'metric', 'value', 'features'];
const LONGEST_NAME = 128;
const MOST_FEATURES = 100;
/** Problems that an answer tells; the rest is counted. */
const MOST_TOLD = 10;

/** Characters that would break a line, hide text or change its direction where a person reads it. */
const UNPRINTABLE = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/u;

type Members = Readonly<Record<string, unknown>>;

/**
 * Reads and checks the body of a delivery.
 *
 * @returns the payload, or everything that is wrong with it, one line
 */
export function readPayload(text: string): WebhookPayload | { readonly invalid: string } {
  let body: unknown;
  try {
    body = JSON.parse(text);
  } catch (error) {
    // The message quotes the body, line breaks included.
    return { invalid: `the body is not JSON: ${String(error).replace(/\s+/g, ' ')}` };
  }
  if (typeof body !== 'object' || body === null || Array.isArray(body)) {
    return { invalid: `the body is an object with ${MEMBERS.join(', ')}; found ${kindOf(body)}` };
  }
  const members = body as Members;
  const problems = [...unknownMembers(members), ...problemsOf(members)];
  if (problems.length > 0) return { invalid: inOneLine(problems) };
  const { source, metric, value, features } = members as unknown as WebhookPayload;
  return { source, metric, value, features: features ?? [] };
}

function inOneLine(problems: readonly string[]): string {
  const rest = problems.length - MOST_TOLD;
  return `${problems.slice(0, MOST_TOLD).join('; ')}${rest > 0 ? `; and ${rest} more` : ''}`;
}

const unknownMembers = (members: Members): readonly string[] =>
  Object.keys(members)
    .filter((name) => !MEMBERS.includes(name))
    .map((name) => `unknown member ${kindOf(name)}${didYouMean(name.slice(0, LONGEST_NAME), MEMBERS)}`);

function problemsOf({ source, metric, value, features = [] }: Members): readonly string[] {
  const problems = [...nameProblem('source', source), ...nameProblem('metric', metric)];
  // JSON has no NaN, but 1e999 is read as infinite.
  if (typeof value !== 'number' || !Number.isFinite(value)) {
    problems.push(`value: is a finite number; found ${kindOf(value)}`);
  }
  if (!Array.isArray(features) || features.length > MOST_FEATURES) {
    const found = Array.isArray(features) ? features.length : kindOf(features);
    return [...problems, `features: is a list of ${MOST_FEATURES} names at most; found ${found}`];
  }
  return [...problems, ...features.flatMap((feature, index) => nameProblem(`features[${index}]`, feature))];
}

function nameProblem(where: string, value: unknown): string[] {
  const valid =
    typeof value === 'string' && value.trim() !== '' && value.length <= LONGEST_NAME && !UNPRINTABLE.test(value);
  return valid
    ? []
    : [`${where}: is a text of 1 to ${LONGEST_NAME} characters without line breaks; found ${kindOf(value)}`];
}

function kindOf(value: unknown): string {
  if (value === undefined) return 'nothing';
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'string') return JSON.stringify(value.length > 40 ? `${value.slice(0, 40)}…` : value);
  return typeof value === 'object' ? 'an object' : String(value);
}
