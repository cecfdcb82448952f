import type { Lineage, LineageApproval, LineageDataset, LineageFile } from './lineage';

/** Rows of a label and its lines. */
export type Section = readonly [label: string, lines: readonly string[]];

/** What a person reads: one label a line, everything by name, and last what is missing. */
export function lineageText(lineage: Lineage): string {
  return layOut(heading(lineage), [
    ['commit', optional(lineage.commit, (commit) => commitLine(commit, lineage))],
    ['trigger', triggerLines(lineage)],
    ['source', optional(lineage.source, ({ uri, sha256 }) => [uri, `sha256 ${sha256}`])],
    ['data', optional(lineage.dataset, datasetLines)],
    ['image', optional(lineage.image, ({ uri, digest }) => [uri.split('@')[0] ?? uri, digest])],
    [
      'environment',
      optional(lineage.environment, ({ python, packages, sha256 }) => [
        `Python ${python}, ${Object.keys(packages).length} packages`,
        `sha256 ${sha256}`,
      ]),
    ],
    ['gates', optional(lineage.gates, ({ sha256 }) => [`sha256 ${sha256}`])],
    ['training', trainingLines(lineage)],
    [
      'metrics',
      lineage.metrics.map(
        ({ name, value, interval, n }) =>
          `${name.padEnd(12)} ${metricText(value)}${interval === undefined ? '' : `  [${interval.map(metricText).join(', ')}]`}${n === undefined ? '' : `  n ${n}`}`,
      ),
    ],
    [
      'reports',
      lineage.reports
        .map(({ name, verdict, reason, page }) => `${name}: ${verdict.toUpperCase()}: ${reason}\n  ${page}`)
        .flatMap((text) => text.split('\n')),
    ],
    ['approval', lineage.approvals.map(approvalLine)],
    ['history', lineage.history.map(({ at, what, detail }) => `${minute(at)}  ${what} ${detail}`)],
    ['missing', lineage.missing.map(({ name, why, uri }) => `${name} ${why} (${uri})`)],
  ]);
}

/** Sections under each other; those without lines are left out. */
export function layOut(title: string, sections: readonly Section[]): string {
  const shown = sections.filter(([, lines]) => lines.length > 0);
  const width = Math.max(0, ...shown.map(([label]) => label.length));
  const body = shown.flatMap(([label, lines]) =>
    lines.map((line, i) => `  ${(i === 0 ? label : '').padEnd(width)}  ${line}`),
  );
  return `${[title, '', ...body].join('\n')}\n`;
}

/** Six significant digits: what two runs of one training agree in, if they agree at all. */
export const metricText = (value: number): string => String(Number(value.toPrecision(6)));

/** `2026-01-02T03:04:05.678Z` → `2026-01-02 03:04Z`. */
export const minute = (time: string): string => `${time.slice(0, 16).replace('T', ' ')}Z`;

function heading({ application, release, runId, history }: Lineage): string {
  if (release === undefined) return `${application}, run ${runId}: not in the registry`;
  const { releaseId, state, approvalStatus } = release;
  const since =
    state === 'live' ? history.findLast(({ what }) => what === 'promoted' || what === 'brought back')?.at : undefined;
  const words = `${STATES[state]}${since === undefined ? '' : ` since ${minute(since)}`}`;
  return `${application} release ${releaseId}: ${words}; ${approvalStatus} in the registry`;
}

const STATES: Readonly<Record<NonNullable<Lineage['release']>['state'], string>> = {
  live: 'live',
  warm: 'warm: on the endpoint without traffic, a rollback is a change of weights',
  canary: 'on trial in production',
  retained: 'retained (cold): a rollback has to start instances',
  rejected: 'rejected after it had served',
  retired: 'retired: its configuration and model are deleted',
  registered: 'registered, never in production',
};

const optional = <T>(value: T | undefined, lines: (value: T) => readonly string[]): readonly string[] =>
  value === undefined ? [] : lines(value);

function commitLine(commit: string, { repository, branch, runId, preparedAt }: Lineage): readonly string[] {
  const where = [repository, branch].filter((name) => name !== undefined).join(' ');
  return [
    `${commit}${where === '' ? '' : ` (${where})`}`,
    `run ${runId}${preparedAt === undefined ? '' : `, prepared ${minute(preparedAt)}`}`,
  ];
}

function triggerLines({ trigger, source }: Lineage): readonly string[] {
  // Without release.json nothing is known of a trigger; that it is missing is told.
  if (trigger === undefined) return source === undefined ? [] : ['push (before triggers were recorded)'];
  const { kind, reason, at, by, report, also = [] } = trigger;
  return [
    `${kind}: ${reason}`,
    `asked for ${minute(at)}${by === undefined ? '' : ` by ${by}`}`,
    ...(report === undefined ? [] : [report]),
    ...also.map((other) => `also ${other.kind}: ${other.reason}`),
  ];
}

function datasetLines({
  name,
  version,
  digest,
  root,
  train,
  holdout,
  landed,
  refused = [],
}: LineageDataset): readonly string[] {
  const file = (role: string, { path, rows, versionId, sha256 }: LineageFile) =>
    `${role} ${path}, ${rows} rows, S3 version ${versionId}, sha256 ${sha256}`;
  return [
    `${name} ${version}, ${digest}`,
    ...(root === undefined ? [] : [`grown from version ${root.version}, ${root.digest}`]),
    file('train', train),
    file('holdout', holdout),
    ...landed.map((each) => file('landed', { ...each, path: each.key, s3Uri: '' })),
    ...refused.map(({ key, versionId, reason }) => `left out ${key}, S3 version ${versionId}: ${reason}`),
  ];
}

function trainingLines({ training, release }: Lineage): readonly string[] {
  if (training === undefined) return [];
  const { job, modelDataUrl, seconds, champion } = training;
  return [
    `${job}, ${Math.round(seconds)} s`,
    modelDataUrl,
    ...(champion === undefined
      ? ['compared with nothing: production served no release']
      : [`compared with ${champion}`]),
    ...(release === undefined ? [] : [release.modelPackageArn]),
  ];
}

function approvalLine({ decision, by, at, summary, text }: LineageApproval): string {
  if (text !== undefined) return `${text} (as the registry says; approval.json is missing)`;
  const who = by === undefined ? ': nobody decided in time' : ` by ${by}`;
  return `${decision}${who}${at === undefined ? '' : `, ${minute(at)}`}${summary === undefined ? '' : `: ${summary}`}`;
}
