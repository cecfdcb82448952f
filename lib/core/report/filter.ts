import type { Verdict } from '../verdict';
import { escapeMarkup } from './escape';
import { formatNumber } from './format';
import type { Markup } from './page';
import { VERDICT_WORDS } from './words';

/** Fewer checks are read faster than they are filtered. */
const WORTH_FILTERING = 8;

const VERDICTS: readonly Verdict[] = ['fail', 'inconclusive', 'pass'];

/**
 * Chooses checks by verdict and by text. Hidden until the script runs, so that without it the page is simply whole.
 * Empty for few checks.
 */
export function renderFilter(verdicts: readonly Verdict[]): Markup {
  if (verdicts.length < WORTH_FILTERING) return '';
  const present = VERDICTS.filter((verdict) => verdicts.includes(verdict));
  const choice = (value: string, words: string, count: number, checked: string): Markup =>
    `<label class="choice"><input type="radio" name="verdict" value="${value}"${checked}><span>${words} <b>${formatNumber(count)}</b></span></label>`;
  const choices = present.map((verdict) =>
    choice(verdict, VERDICT_WORDS[verdict], verdicts.filter((one) => one === verdict).length, ''),
  );
  return `<form id="filter" hidden>
<fieldset><legend>Show checks by verdict</legend>${choice('', 'All', verdicts.length, ' checked')}${choices.join('')}</fieldset>
<p><label for="find">Containing</label> <input type="search" id="find" autocomplete="off" spellcheck="false" placeholder="${escapeMarkup('column, metric, reason')}"></p>
<p role="status" class="quiet small"></p>
</form>`;
}
