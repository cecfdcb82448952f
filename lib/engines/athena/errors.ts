/** A query that Athena ended: FAILED or CANCELLED, in one line with its id. */
export class AthenaQueryError extends Error {
  override readonly name = 'AthenaQueryError';

  constructor(
    readonly state: 'FAILED' | 'CANCELLED',
    reason: string,
    readonly queryId: string,
  ) {
    super(`Athena: ${oneLine(reason)} (query ${queryId} ${state === 'FAILED' ? 'failed' : 'was cancelled'})`);
  }
}

/** Athena or Glue cannot be used at all: no permission, no such work group, no answer in time. */
export class AthenaError extends Error {
  override readonly name = 'AthenaError';
}

const oneLine = (text: string): string => (text.split('\n')[0] ?? '').trim().replace(/\.$/, '');
