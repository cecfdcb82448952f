import type { Verdict } from '../verdict';
import { label, renderDetail } from './detail';
import { escapeMarkup } from './escape';
import { plural } from './format';
import { type Markup, mark } from './page';
import { intervalPicture } from './pictures/interval';
import { latencyPicture } from './pictures/latency';
import { rocPicture } from './pictures/roc';
import type { Check, Evidence, Report } from './report';
import { evidenceSentence, furtherEvidence, VERDICT_WORDS } from './words';

const ORDER: Readonly<Record<Verdict, number>> = { fail: 0, inconclusive: 1, pass: 2 };

/** `12 checks: 1 failed, 11 passed`. */
export function countChecks(checks: readonly Check[]): string {
  const counts = (Object.keys(ORDER) as Verdict[]).flatMap((verdict) => {
    const count = checks.filter((check) => check.verdict === verdict).length;
    return count === 0 ? [] : [`${count} ${VERDICT_WORDS[verdict].toLowerCase()}`];
  });
  return counts.length === 0 ? 'no checks' : `${plural(checks.length, 'check')}: ${counts.join(', ')}`;
}

/** Every check, those that need a reader first; the order within a verdict is the gate's. */
export function renderChecks(report: Report): Markup {
  if (report.checks.length === 0) return '<p>This gate ran no check, so there is no evidence.</p>';
  const sorted = report.checks.toSorted((a, b) => ORDER[a.verdict] - ORDER[b.verdict]);
  return `<ul class="list">\n${sorted.map(renderCheck).join('\n')}\n</ul>`;
}

function renderCheck(check: Check): Markup {
  return `<li class="${check.verdict}">${mark(check.verdict)}<div>
<p>${escapeMarkup(check.reason)}</p>
<p class="id">${VERDICT_WORDS[check.verdict]} · ${escapeMarkup(check.id)}</p>
${check.evidence === undefined ? '' : renderEvidence(check.evidence)}</div></li>`;
}

function renderEvidence(evidence: Evidence): Markup {
  const sentence = evidenceSentence(evidence);
  const pictures = [intervalPicture(evidence), latencyPicture(evidence), rocPicture(evidence)];
  const further = furtherEvidence(evidence).map(
    ([name, value]) => `<tr><th scope="row">${escapeMarkup(label(name))}</th><td>${renderDetail(value)}</td></tr>`,
  );
  return [
    sentence === '' ? '' : `<p class="quiet small">${escapeMarkup(sentence)}</p>`,
    ...pictures.map((picture) => picture ?? ''),
    further.length === 0
      ? ''
      : `<details><summary>Evidence</summary><div class="scroll"><table>${further.join('')}</table></div></details>`,
  ].join('\n');
}
