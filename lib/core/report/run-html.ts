import type { Trigger } from '../retraining/trigger';
import type { CallerSummary } from '../rollout/callers';
import { countChecks, renderChecks } from './checks-html';
import { renderDriftSeries } from './drift-html';
import { escapeMarkup } from './escape';
import { renderFilter } from './filter';
import { formatNumber, formatPercent, formatSeconds, formatTime } from './format';
import { code, type Markup, mark, renderFacts, renderHead, renderPage, type Tone } from './page';
import { callersPicture } from './pictures/callers';
import { weightsPicture } from './pictures/weights';
import type { RunAction, RunEndpoint, RunReport, RunRollout, RunStage, RunSummary } from './run';
import { GATE_TITLES, VERDICT_WORDS } from './words';

const OUTCOMES: Readonly<Record<RunSummary['outcome'], readonly [Tone, string]>> = {
  succeeded: ['pass', 'Released'],
  failed: ['fail', 'Failed'],
  stopped: ['inconclusive', 'Stopped'],
};

/** Kind, reason, who asked, what shows it, and what else the run answers. */
function renderTrigger({ kind, reason, by, report, also = [] }: Trigger): Markup {
  const told = kind === 'push' ? reason : `${kind}: ${reason}`;
  const others = also.map((other) => escapeMarkup(`also ${other.kind}: ${other.reason}`));
  return [
    escapeMarkup(by === undefined ? told : `${told}, asked by ${by}`),
    ...(report === undefined ? [] : [code(report)]),
    ...others,
  ].join('<br>');
}

/** One self-contained page about a pipeline run: outcome, stages, endpoint, rollout, every gate's report. */
export function renderRunHtml(run: RunSummary): string {
  const [tone, word] = OUTCOMES[run.outcome];
  const took = (Date.parse(run.endedAt) - Date.parse(run.startedAt)) / 1000;
  const body = [
    renderHead(`Assay · ${run.application}`, tone, word, run.reason),
    renderFacts([
      ['Commit', code(run.commit)],
      ['Started', escapeMarkup(formatTime(run.startedAt))],
      ['Took', Number.isFinite(took) ? formatSeconds(took) : undefined],
      ['Trigger', renderTrigger(run.trigger)],
      ['Run', code(run.runId)],
    ]),
    renderStages(run.stages),
    run.rollout === undefined ? '' : renderRollout(run.rollout, run.measuredRollback),
    run.callers === undefined ? '' : renderCallers(run.callers, newest(run)),
    run.endpoint === undefined ? '' : renderEndpoint(run.endpoint),
    run.traffic === undefined ? '' : renderDriftSeries('Traffic beside the data of the release', run.traffic),
    run.sample === undefined ? '' : renderSample(run.sample),
    renderReports(run.reports),
  ].join('\n');
  return renderPage(`${word}: ${run.application}`, body);
}

function toneOf(status: string): Tone {
  if (/^succeeded$/i.test(status)) return 'pass';
  if (/^failed$/i.test(status)) return 'fail';
  return /^(stopp(ed|ing)|cancelled|abandoned|superseded)$/i.test(status) ? 'inconclusive' : 'idle';
}

function renderStages(stages: readonly RunStage[]): Markup {
  const longest = Math.max(...stages.map((stage) => stage.seconds ?? 0), 0.001);
  const items = stages.map((stage) => {
    const tone = toneOf(stage.status);
    const share = Math.round(((stage.seconds ?? 0) / longest) * 1000) / 10;
    const bar = stage.seconds === undefined ? '' : `<span class="bar"><span style="width:${share}%"></span></span>`;
    const reason = stage.reason === undefined ? '' : `<p>${escapeMarkup(stage.reason)}</p>`;
    return `<li class="${tone}">${mark(tone)}<div>
<p class="row"><strong>${escapeMarkup(stage.name)}</strong><span class="quiet small">${timing(stage)}</span></p>
${bar}${reason}<ul class="actions">${stage.actions.map(renderAction).join('\n')}</ul></div></li>`;
  });
  return `<section><h2>Stages</h2>\n<ol class="list">\n${items.join('\n')}\n</ol></section>`;
}

function renderAction(action: RunAction): Markup {
  const tone = toneOf(action.status);
  const summary = action.summary === undefined ? '' : `<span class="quiet"> — ${escapeMarkup(action.summary)}</span>`;
  return `<li class="${tone} row"><span>${mark(tone)} ${escapeMarkup(action.name)}${summary}</span><span class="quiet">${timing(action)}</span></li>`;
}

/** The time alone where it succeeded; otherwise the status in words too, as colour alone tells nothing. */
function timing(step: RunAction | RunStage): Markup {
  const time = step.seconds === undefined ? [] : [formatSeconds(step.seconds)];
  const word = toneOf(step.status) === 'pass' ? [] : [escapeMarkup(step.status)];
  return [...word, ...time].join(' · ');
}

function renderRollout(rollout: RunRollout, measured: RunSummary['measuredRollback']): Markup {
  const steps = rollout.steps.map(
    (step) => `<li class="${step.verdict}">${mark(step.verdict)}<div>
<p class="row"><strong>${step.weight} % of the traffic</strong><span class="quiet small">${VERDICT_WORDS[step.verdict]}</span></p>
<p class="small">${escapeMarkup(step.reason)}</p></div></li>`,
  );
  const back =
    rollout.rollbackSeconds === undefined
      ? ''
      : `<p>Rolled back in <strong>${formatSeconds(rollout.rollbackSeconds)}</strong>; ${escapeMarkup(rollout.live)} has every request.</p>`;
  const seen =
    measured === undefined
      ? ''
      : `<p class="quiet small">${formatSeconds(measured.seconds)} from the first evidence that sufficed (${formatTime(measured.evidenceAt)}) until callers saw ${escapeMarkup(rollout.live)} at 100 %.</p>`;
  const list = steps.length === 0 ? '' : `<ol class="list">${steps.join('\n')}</ol>`;
  return `<section><h2>Rollout</h2>
<p>${escapeMarkup(rollout.reason)}</p>${back}${seen}${weightsPicture(rollout) ?? ''}${list}</section>`;
}

/** The variant of the release that came, whether or not it stayed. */
function newest({ rollout, callers }: RunSummary): string | undefined {
  if (rollout?.outcome !== 'rolled-back') return rollout?.live;
  return callers?.weights.flatMap(({ weights }) => Object.keys(weights)).find((name) => name !== rollout.live);
}

function renderCallers(callers: CallerSummary, newest: string | undefined): Markup {
  const failed = Object.entries(callers.failedByModel).map(
    ([name, count]) => `${formatNumber(count)} failed in the model of ${escapeMarkup(name)}`,
  );
  const lost =
    callers.lost === 0
      ? 'none was lost'
      : `<strong>${formatNumber(callers.lost)} were lost</strong> (${escapeMarkup(callers.firstLost ?? '')})`;
  const told = [`${formatNumber(callers.answered)} were answered`, ...failed, lost].join(', ');
  return `<section><h2>Callers meanwhile</h2>
<p>${formatNumber(callers.sent)} requests, ${formatNumber(callers.requestsPerSecond)} a second: ${told}.</p>${callersPicture(callers, newest) ?? ''}</section>`;
}

function renderEndpoint(endpoint: RunEndpoint): Markup {
  const total = endpoint.variants.reduce((sum, variant) => sum + variant.weight, 0);
  const rows = endpoint.variants.map((variant) => {
    const share = total === 0 ? 0 : variant.weight / total;
    const arn =
      variant.modelPackageArn === undefined ? '' : `<p class="id">${escapeMarkup(variant.modelPackageArn)}</p>`;
    return `<li class="${share > 0 ? 'pass' : 'idle'}">${mark(share > 0 ? 'pass' : 'idle')}<div>
<p class="row"><strong>${escapeMarkup(variant.name)}</strong><span>${formatPercent(share)}</span></p>
${share > 0 ? `<span class="bar"><span style="width:${Math.round(share * 100)}%"></span></span>` : ''}${arn}</div></li>`;
  });
  return `<section><h2>Endpoint</h2>\n<p>${code(endpoint.name)}</p>\n<ul class="list">${rows.join('\n')}</ul></section>`;
}

function renderSample(sample: { readonly request: string; readonly response: string }): Markup {
  return `<section><h2>A request and its answer</h2>
<pre>${escapeMarkup(sample.request)}</pre>\n<pre>${escapeMarkup(sample.response)}</pre></section>`;
}

function renderReports(reports: readonly RunReport[]): Markup {
  if (reports.length === 0) return '';
  const items = reports.map((report) => {
    const open = report.verdict === 'pass' ? '' : ' open';
    const name = report.name === undefined || report.name === report.gate ? '' : ` · ${report.name}`;
    return `<details class="gate ${report.verdict}"${open}>
<summary>${mark(report.verdict)} <strong>${GATE_TITLES[report.gate]}</strong>${escapeMarkup(name)}: ${escapeMarkup(report.reason)}
<span class="quiet small">(${countChecks(report.checks)})</span></summary>
${renderChecks(report)}</details>`;
  });
  const verdicts = reports.flatMap(({ checks }) => checks.map(({ verdict }) => verdict));
  return `<section><h2>Evidence</h2>\n${renderFilter(verdicts)}\n${items.join('\n')}</section>`;
}
