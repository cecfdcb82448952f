export { escapeMarkup } from './escape';
export { formatInterval, formatNumber, formatPercent, formatSeconds, formatTime, plural } from './format';
export { renderHtml } from './html';
export { renderJunit } from './junit';
export type { Check, Evidence, GateName, ReleaseIdentity, Report } from './report';
export { REPORT_SCHEMA } from './report';
export type { RunAction, RunEndpoint, RunReport, RunRollout, RunStage, RunSummary } from './run';
export { renderRunHtml } from './run-html';
