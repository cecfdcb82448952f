export { renderDriftHtml } from './drift-html';
export { formatInterval, formatNumber, formatPercent, formatSeconds, formatTime, plural } from './format';
export { renderHtml } from './html';
export { renderJunit } from './junit';
export type { Check, Report } from './report';
export { REPORT_SCHEMA } from './report';
export type { RunSummary } from './run';
export { renderRunHtml } from './run-html';
