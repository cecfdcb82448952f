import { isRecord, renderDetail } from './detail';
import { escapeMarkup } from './escape';
import { formatNumber, formatPercent, plural } from './format';
import { code, type Markup } from './page';
import { isNumber } from './pictures/scale';
import type { Evidence } from './report';

/** Fields of evidence that this file tells, where it is an expectation's. */
export const EXPECTATION_FIELDS: ReadonlySet<string> = new Set(['success', 'expectation_config', 'result']);

export const isExpectation = (evidence: Evidence): boolean => isRecord(evidence.expectation_config);

/** What an expectation found, in one line: `100,000 values, 998 missing, 460 unexpected (0.46 %)`. */
export function expectationSentence({ result }: Evidence): string {
  if (!isRecord(result)) return '';
  const { element_count, missing_count, unexpected_count, unexpected_percent, observed_value } = result;
  const parts: string[] = [];
  if (isNumber(element_count)) parts.push(plural(element_count, 'value'));
  if (isNumber(missing_count) && missing_count > 0) parts.push(`${formatNumber(missing_count)} missing`);
  if (isNumber(unexpected_count)) {
    const share = isNumber(unexpected_percent) && unexpected_count > 0 ? ` (${shareOf(unexpected_percent)})` : '';
    parts.push(`${formatNumber(unexpected_count)} unexpected${share}`);
  }
  if (isScalar(observed_value)) parts.push(`observed ${scalar(observed_value)}`);
  return parts.join(', ');
}

/** The expectation as it was asked, the values that broke it with their keys, and whatever else was observed. */
export function expectationRows({ expectation_config, result }: Evidence): readonly (readonly [string, Markup])[] {
  const asked: (readonly [string, Markup])[] = [];
  if (isRecord(expectation_config)) {
    const kwargs = isRecord(expectation_config.kwargs) ? expectation_config.kwargs : {};
    asked.push(['expectation', code(String(expectation_config.type))]);
    for (const [name, value] of Object.entries(kwargs)) asked.push([name, renderDetail(value)]);
  }
  if (!isRecord(result)) return asked;
  const { partial_unexpected_list: list, partial_unexpected_keys: keys, observed_value, details } = result;
  const examples = Array.isArray(list) ? list : [];
  const named = examples.map((value, index) => ({ value, at: Array.isArray(keys) ? keys[index] : undefined }));
  return [
    ...asked,
    ...(named.length === 0 ? [] : [['unexpected values', renderExamples(named)] as const]),
    ...(observed_value === undefined || isScalar(observed_value)
      ? []
      : [['observed', renderDetail(observed_value)] as const]),
    ...(details === undefined ? [] : [['details', renderDetail(details)] as const]),
  ];
}

function renderExamples(examples: readonly { readonly value: unknown; readonly at: unknown }[]): Markup {
  const items = examples.map(({ value, at }) => {
    const where = at === undefined || at === null ? '' : ` <span class="quiet">at ${escapeMarkup(String(at))}</span>`;
    return `<li>${code(typeof value === 'string' ? value : JSON.stringify(value))}${where}</li>`;
  });
  return `<ul class="examples">${items.join('')}</ul>`;
}

/** Something is never shown as nothing. */
const shareOf = (percent: number): string => (percent < 0.01 ? 'below 0.01\u202F%' : formatPercent(percent / 100));

const isScalar = (value: unknown): value is string | number | boolean =>
  ['string', 'number', 'boolean'].includes(typeof value);

const scalar = (value: string | number | boolean): string =>
  typeof value === 'number' ? formatNumber(value) : String(value);
