import { renderHtml } from '../../lib/core/report/html';
import type { ReleaseIdentity, Report } from '../../lib/core/report/report';
import { type ReleaseDocument, type ReportName, reportKey } from '../../lib/pipeline/contract';
import type { RunDocuments } from '../shared/run-documents';

/** Writes a report as JSON and as a page. */
export async function writeReport(documents: RunDocuments, name: ReportName, report: Report): Promise<void> {
  await documents.write(reportKey(name), report);
  await documents.writeText(reportKey(name, 'html'), renderHtml(report), 'text/html; charset=utf-8');
}

/** The objects of a JSON Lines file of the run. @throws if there is no such file, or a line is not a JSON object */
export async function readJsonLines(
  documents: RunDocuments,
  key: string,
): Promise<readonly Readonly<Record<string, unknown>>[]> {
  const text = await documents.readText(key);
  return text
    .split('\n')
    .flatMap((line, i) => (line.trim() === '' ? [] : [parseLine(line, i + 1, documents.uri(key))]));
}

function parseLine(line: string, number: number, uri: string): Readonly<Record<string, unknown>> {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch (cause) {
    throw new Error(`${uri}, line ${number} is not JSON: ${line.slice(0, 100)}`, { cause });
  }
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return { ...value };
  throw new Error(`${uri}, line ${number} is not a JSON object: ${line.slice(0, 100)}`);
}

/** What a report says it judged. */
export function releaseIdentity(release: ReleaseDocument, model?: string): ReleaseIdentity {
  const { name, version, digest, holdout } = release.dataset;
  return {
    commit: release.commit,
    dataset: { name, version, sha256: digest, rows: holdout.rows },
    ...(model === undefined ? {} : { model }),
    image: release.image,
  };
}
