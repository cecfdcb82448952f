import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const CORE = join(__dirname, '..', '..', 'lib', 'core');

/** Where the words about a method stand: docstrings of exported functions, as `file#function`. */
export interface Method {
  readonly title: string;
  readonly places: readonly string[];
}

const method = (title: string, ...places: readonly string[]): Method => ({ title, places });

/** Intervals and tests, in the order in which the page shows them. */
export const METHODS: readonly Method[] = [
  method("Wilson's interval of a proportion", 'statistics/wilson.ts#wilsonInterval'),
  method(
    "DeLong's areas under ROC curves",
    'kernels/placements.ts#placementsOf',
    'kernels/covariance.ts#areaCovariances',
  ),
  method('Interval of one area', 'statistics/auc-interval.ts#areaInterval'),
  method('Two areas on the same rows', 'statistics/delong.ts#compareAreas'),
  method('Bootstrap', 'statistics/bootstrap.ts#pairedBootstrap'),
  method('Bias-corrected and accelerated interval', 'statistics/bca.ts#bcaInterval'),
  method("Tango's interval of a paired difference of proportions", 'statistics/tango.ts#tangoStatistic'),
  method("McNemar's test", 'statistics/mcnemar.ts#mcNemar'),
  method(
    "Newcombe's interval of a difference of independent proportions",
    'statistics/proportions.ts#differenceInterval',
  ),
  method("Koopman's interval of a ratio of independent proportions", 'statistics/proportions.ts#ratioInterval'),
  method("Holm's correction for several tests", 'statistics/holm.ts#holmAdjusted'),
  method('Power', 'statistics/power.ts#detectableDifference', 'statistics/power.ts#rowsNeeded'),
  method('Interval of a percentile', 'statistics/quantile-interval.ts#quantileInterval'),
];

export const CANARY: readonly Method[] = [
  method('Canary', 'rollout/judge.ts#judge'),
  method('Capital of a test', 'rollout/tests.ts#TEST_SHARES'),
  method('More events than on the old release', 'rollout/sequential.ts#excessBets'),
  method('More events than a ceiling', 'rollout/sequential.ts#ceilingBets'),
  method('Faults that begin late', 'rollout/sequential.ts#withStake'),
  method('Shifted predictions', 'rollout/predictions.ts#withRow'),
];

export const FAIRNESS: Method = method('Fairness', 'model/fairness.ts#judgeFairness');

/** What a docstring says, and where that comes from; parameters and errors are for programmers and stay out. */
export interface MethodWords {
  readonly words: string;
  readonly source: string | undefined;
}

/** @throws Error where a function has no docstring: a method without words must not go unnoticed */
export function readMethod({ places }: Method): MethodWords {
  const paragraphs = places.flatMap(paragraphsOf);
  const isSource = (paragraph: string): boolean => /^Sources?: /.test(paragraph);
  const source = paragraphs.filter(isSource).map((paragraph) => paragraph.replace(/^Sources?: /, ''));
  return {
    words: paragraphs.filter((paragraph) => !isSource(paragraph)).join(' '),
    source: source.length === 0 ? undefined : source.join(' '),
  };
}

function paragraphsOf(place: string): readonly string[] {
  const [file = '', name = ''] = place.split('#');
  const text = readFileSync(join(CORE, file), 'utf8');
  const at = new RegExp(`^export (?:async )?(?:function|const) ${name}\\b`, 'm').exec(text)?.index ?? -1;
  const before = text.slice(0, Math.max(0, at)).trimEnd();
  if (at < 0 || !before.endsWith('*/')) throw new Error(`${place} has no docstring`);
  const comment = before.slice(before.lastIndexOf('/**') + 3, -2);
  return comment
    .split('\n')
    .map((line) => line.replace(/^\s*\* ?/, ''))
    .join('\n')
    .split(/\n\s*\n|\n(?=@)/)
    .map((paragraph) => paragraph.replaceAll(/\s+/g, ' ').trim())
    .filter((paragraph) => paragraph !== '' && !paragraph.startsWith('@'));
}
