import type { Verdict } from '../verdict';
import { label, renderDetail } from './detail';
import { escapeMarkup } from './escape';
import { expectationRows, expectationSentence, isExpectation } from './expectation';
import { renderFilter } from './filter';
import { formatNumber, plural } from './format';
import { type Markup, mark } from './page';
import { calibrationPicture } from './pictures/calibration';
import { driftPicture } from './pictures/drift';
import { evidencePicture } from './pictures/evidence';
import { forestPicture } from './pictures/forest';
import { histogramPicture } from './pictures/histogram';
import { intervalPicture } from './pictures/interval';
import { latencyPicture } from './pictures/latency';
import { rocPicture } from './pictures/roc';
import type { Check, Evidence, Report } from './report';
import { evidenceSentence, furtherEvidence, VERDICT_WORDS } from './words';

const VERDICTS: readonly Verdict[] = ['fail', 'inconclusive', 'pass'];

const PICTURES = [
  intervalPicture,
  latencyPicture,
  forestPicture,
  rocPicture,
  calibrationPicture,
  histogramPicture,
  evidencePicture,
];

/** `12 checks: 1 failed, 11 passed`. */
export function countChecks(checks: readonly Check[]): string {
  const counts = VERDICTS.flatMap((verdict) => {
    const count = checks.filter((check) => check.verdict === verdict).length;
    return count === 0 ? [] : [`${count} ${VERDICT_WORDS[verdict].toLowerCase()}`];
  });
  return counts.length === 0 ? 'no checks' : `${plural(checks.length, 'check')}: ${counts.join(', ')}`;
}

/** All checks of one gate as a section of its page: how many, a filter where there are many, each by verdict. */
export function renderChecksSection(report: Report): Markup {
  return [
    '<section>',
    '<h2>Checks</h2>',
    `<p class="quiet small">${countChecks(report.checks)}</p>`,
    renderFilter(report.checks.map(({ verdict }) => verdict)),
    renderChecks(report),
    '</section>',
  ].join('\n');
}

/** With at least this many checks, those that passed are folded, and so is their evidence. */
const MANY = 200;

/** Checks of one verdict that are shown at once; the rest is folded. */
const SHOWN = 100;

/**
 * Checks that the browser lays out together once they come near the screen. Folding matters as much: what is merely off
 * the screen is laid out, all of it, at the first press of the Tab key.
 */
const CHUNK = 50;

/** Every check by verdict, those that need a reader first; the order within a verdict is the gate's. */
export function renderChecks(report: Report): Markup {
  const { checks } = report;
  if (checks.length === 0) return '<p>This gate ran no check, so there is no evidence.</p>';
  const groups = VERDICTS.map((verdict) => {
    const folded = verdict === 'pass' && checks.length >= MANY;
    const items = checks.filter((check) => check.verdict === verdict).map((check) => renderCheck(check, folded));
    return items.length === 0 ? '' : renderGroup(verdict, items, folded ? 0 : SHOWN);
  });
  return `${driftPicture(checks) ?? ''}${groups.join('\n')}`;
}

function renderGroup(verdict: Verdict, items: readonly Markup[], shown: number): Markup {
  const word = VERDICT_WORDS[verdict];
  const rest = items.slice(shown);
  const first = shown === 0 ? '' : renderList(items.slice(0, shown));
  const words = shown === 0 ? `Show ${formatNumber(rest.length)} checks` : `Show ${formatNumber(rest.length)} more`;
  const more =
    rest.length === 0 ? '' : `<details class="more"><summary>${words}</summary>${renderList(rest)}</details>`;
  return `<section class="group ${verdict}"><h3>${word} <span class="count">${formatNumber(items.length)}</span></h3>${first}${more}</section>`;
}

function renderList(items: readonly Markup[]): Markup {
  const chunks = Array.from({ length: Math.ceil(items.length / CHUNK) }, (_, i) => {
    const chunk = items.slice(i * CHUNK, (i + 1) * CHUNK);
    // A guess at the height, which keeps the scroll bar steady until the chunk has been on the screen.
    const later =
      items.length > CHUNK ? ` class="checks later" style="--height: ${chunk.length * 6}rem"` : ' class="checks"';
    return `<ul${later}>\n${chunk.join('\n')}\n</ul>`;
  });
  return `<div class="list">${chunks.join('\n')}</div>`;
}

function renderCheck(check: Check, folded: boolean): Markup {
  return `<li class="${check.verdict}">${mark(check.verdict)}<div>
<div class="said"><p>${escapeMarkup(check.reason)}</p>
<p class="id"><span class="hidden-words">${VERDICT_WORDS[check.verdict]} · </span>${escapeMarkup(check.id)}</p></div>
${check.evidence === undefined ? '' : renderEvidence(check.evidence, folded)}</div></li>`;
}

function renderEvidence(evidence: Evidence, folded: boolean): Markup {
  const sentence = [expectationSentence(evidence), evidenceSentence(evidence)].filter((part) => part !== '').join(', ');
  const pictures = PICTURES.map((picture) => picture(evidence) ?? '').join('');
  const rows = [
    ...(isExpectation(evidence) ? expectationRows(evidence) : []),
    ...furtherEvidence(evidence).map(([name, value]) => [label(name), renderDetail(value)] as const),
  ].map(([name, value]) => `<tr><th scope="row">${escapeMarkup(name)}</th><td>${value}</td></tr>`);
  const table = rows.length === 0 ? '' : `<div class="scroll"><table>${rows.join('')}</table></div>`;
  const said = sentence === '' ? '' : `<p class="quiet small">${escapeMarkup(sentence)}</p>`;
  const open = folded ? '' : pictures;
  const inside = folded ? pictures + table : table;
  return `${said}${open}${inside === '' ? '' : `<details><summary>Evidence</summary>${inside}</details>`}`;
}
