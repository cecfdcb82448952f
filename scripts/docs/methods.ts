import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const ROOT = join(__dirname, '..', '..');

/** Where the words about a method stand: the docstring of an exported function. */
export interface Method {
  readonly title: string;
  readonly file: string;
  readonly functions: readonly string[];
}

const method = (title: string, file: string, ...functions: readonly string[]): Method => ({ title, file, functions });
const statistics = (file: string): string => `lib/core/statistics/${file}.ts`;

/** Intervals and tests, in the order in which the page shows them. */
export const METHODS: readonly Method[] = [
  method("Wilson's interval of a proportion", statistics('wilson'), 'wilsonInterval'),
  method("DeLong's areas under ROC curves", statistics('delong'), 'rocArea'),
  method('Interval of one area', statistics('auc-interval'), 'areaInterval'),
  method('Two areas on the same rows', statistics('delong'), 'compareAreas'),
  method('Bootstrap', statistics('bootstrap'), 'pairedBootstrap'),
  method('Bias-corrected and accelerated interval', statistics('bca'), 'bcaInterval'),
  method("Tango's interval of a paired difference of proportions", statistics('tango'), 'tangoStatistic'),
  method("McNemar's test", statistics('mcnemar'), 'mcNemar'),
  method(
    "Newcombe's interval of a difference of independent proportions",
    statistics('proportions'),
    'differenceInterval',
  ),
  method("Koopman's interval of a ratio of independent proportions", statistics('proportions'), 'ratioInterval'),
  method("Holm's correction for several tests", statistics('holm'), 'holmAdjusted'),
  method('Power', statistics('power'), 'detectableDifference', 'rowsNeeded'),
  method('Interval of a percentile', statistics('quantile-interval'), 'quantileInterval'),
];

export const FAIRNESS: Method = method('Fairness', 'lib/core/model/fairness.ts', 'judgeFairness');

/** What a docstring says, and where that comes from; parameters and errors are for programmers and stay out. */
export interface MethodWords {
  readonly words: string;
  readonly source: string | undefined;
}

/** @throws Error where a function has no docstring: a method without words must not go unnoticed */
export function readMethod({ file, functions }: Method): MethodWords {
  const text = readFileSync(join(ROOT, file), 'utf8');
  const paragraphs = functions.flatMap((name) => paragraphsOf(text, name, file));
  const isSource = (paragraph: string): boolean => /^Sources?: /.test(paragraph);
  const source = paragraphs.filter(isSource).map((paragraph) => paragraph.replace(/^Sources?: /, ''));
  return {
    words: paragraphs.filter((paragraph) => !isSource(paragraph)).join(' '),
    source: source.length === 0 ? undefined : source.join(' '),
  };
}

function paragraphsOf(text: string, name: string, file: string): readonly string[] {
  const at = new RegExp(`^export (?:async )?(?:function|const) ${name}\\b`, 'm').exec(text)?.index ?? -1;
  const before = text.slice(0, Math.max(0, at)).trimEnd();
  if (at < 0 || !before.endsWith('*/')) throw new Error(`${file}: ${name} has no docstring`);
  const comment = before.slice(before.lastIndexOf('/**') + 3, -2);
  return comment
    .split('\n')
    .map((line) => line.replace(/^\s*\* ?/, ''))
    .join('\n')
    .split(/\n\s*\n|\n(?=@)/)
    .map((paragraph) => paragraph.replaceAll(/\s+/g, ' ').trim())
    .filter((paragraph) => paragraph !== '' && !paragraph.startsWith('@'));
}
