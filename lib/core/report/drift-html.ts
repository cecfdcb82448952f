import { renderChecksSection } from './checks-html';
import { escapeMarkup } from './escape';
import { formatTime } from './format';
import { releaseFacts } from './html';
import { type Markup, renderFacts, renderHead, renderPage } from './page';
import { type DriftPoint, driftSeriesPicture } from './pictures/drift-series';
import type { Report } from './report';
import type { RunTraffic } from './run';
import { VERDICT_WORDS } from './words';

export interface DriftPage {
  /** Name of the endpoint. */
  readonly endpoint: string;
  /** Times that the report is about, ISO 8601. */
  readonly window: { readonly from: string; readonly to: string };
  /** All checks that are remembered, this one included; oldest first. */
  readonly series: readonly DriftPoint[];
  /** Population stability index above which a feature has drifted. */
  readonly threshold: number;
}

/** One page about live traffic: what this check found, and how it came to that over time. */
export function renderDriftHtml(report: Report, { endpoint, window, series, threshold }: DriftPage): string {
  const title = 'Drift of live traffic';
  const body = [
    renderHead(`Assay · ${title}`, report.verdict, VERDICT_WORDS[report.verdict], report.reason),
    renderFacts([
      ['Endpoint', escapeMarkup(endpoint)],
      ['Traffic', `${escapeMarkup(formatTime(window.from))} to ${escapeMarkup(formatTime(window.to))}`],
      ...releaseFacts(report.release),
      ['Judged', escapeMarkup(formatTime(report.createdAt))],
    ]),
    renderDriftSeries('Drift over time', { points: series, threshold }),
    renderChecksSection(report),
  ].join('\n');
  return renderPage(`${VERDICT_WORDS[report.verdict]}: ${title}`, body);
}

/** Drift over time as a section of any page; nothing before the second check, as one has no course of time. */
export function renderDriftSeries(heading: string, { points, threshold }: RunTraffic): Markup {
  const picture = driftSeriesPicture(points, threshold);
  return picture === undefined ? '' : `<section><h2>${escapeMarkup(heading)}</h2>${picture}</section>`;
}
