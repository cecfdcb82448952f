/** Where descriptions of alarms send the person on duty. */
export const RUNBOOK = 'docs/runbook.md';
