import { renderChecksSection } from './checks-html';
import { escapeMarkup } from './escape';
import { formatTime, plural } from './format';
import { code, type Markup, renderFacts, renderHead, renderPage } from './page';
import type { ReleaseIdentity, Report } from './report';
import { GATE_TITLES, VERDICT_WORDS } from './words';

/** One self-contained page about one gate's report: verdict, reason, what was judged, every check. */
export function renderHtml(report: Report): string {
  const title = GATE_TITLES[report.gate];
  const body = [
    renderHead(`Assay · ${title}`, report.verdict, VERDICT_WORDS[report.verdict], report.reason),
    renderFacts([...releaseFacts(report.release), ['Judged', escapeMarkup(formatTime(report.createdAt))]]),
    renderChecksSection(report),
  ].join('\n');
  return renderPage(`${VERDICT_WORDS[report.verdict]}: ${title}`, body);
}

/** What was judged, as far as the report knows it. */
export function releaseFacts(release: ReleaseIdentity): readonly (readonly [string, Markup | undefined])[] {
  const { commit, dataset, model, image } = release;
  const data =
    dataset &&
    `${escapeMarkup(`${dataset.name} ${dataset.version}, ${plural(dataset.rows, 'row')}`)} · ${code(dataset.sha256)}`;
  return [
    ['Commit', commit === undefined ? undefined : code(commit)],
    ['Dataset', data],
    ['Model', model === undefined ? undefined : code(model)],
    ['Image', image === undefined ? undefined : code(image)],
  ];
}
