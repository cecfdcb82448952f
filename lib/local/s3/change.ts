import { descendants, parseXml, type XmlElement } from '../engine/xml';
import type { GatewayRequest, GatewayResponse } from '../gateway/service';
import type { S3Address } from './address';

/** One object that came or went, as S3's events call it. */
export type ObjectChange =
  | {
      readonly type: 'Object Created';
      readonly reason: 'PutObject' | 'CopyObject' | 'CompleteMultipartUpload';
      readonly key: string;
      /** Without quotes. */
      readonly etag: string;
      readonly version?: string;
    }
  | {
      readonly type: 'Object Deleted';
      /** Undefined where a quiet answer does not tell it. */
      readonly deletion?: 'Permanently Deleted' | 'Delete Marker Created';
      readonly key: string;
      readonly version?: string;
    };

/** Reads the objects that a request changed from its successful answer. */
export type ReadChanges = (answer: GatewayResponse, body: Buffer) => readonly ObjectChange[];

/** Parameters that a request for an object itself may carry: the SDK's own name for it, and a presigned signature. */
const PLAIN = /^(x-id|x-amz-.*)$/i;

/** Who reads the changes of a request; undefined for one that changes no object. */
export function changesOf(
  { method, headers }: Pick<GatewayRequest, 'method' | 'headers'>,
  { key, query }: S3Address,
): ReadChanges | undefined {
  const parameters = [...query.keys()].filter((name) => !PLAIN.test(name));
  const only = (name: string) => parameters.length === 1 && parameters[0] === name;
  if (key === '') return method === 'POST' && only('delete') ? deletedMany : undefined;
  if (method === 'PUT' && parameters.length === 0)
    return headers['x-amz-copy-source'] === undefined ? put(key) : created(key, 'CopyObject');
  if (method === 'POST' && only('uploadId')) return created(key, 'CompleteMultipartUpload');
  if (method === 'DELETE' && (parameters.length === 0 || only('versionId')))
    return deleted(key, query.get('versionId'));
  return undefined;
}

const put =
  (key: string): ReadChanges =>
  ({ headers }) => [
    { type: 'Object Created', reason: 'PutObject', key, etag: unquoted(headers.etag), ...versionOf(headers) },
  ];

/** Copies and completed uploads answer 200 before they have succeeded: only the document tells. */
const created =
  (key: string, reason: 'CopyObject' | 'CompleteMultipartUpload'): ReadChanges =>
  ({ headers, body }) => {
    const result = document(body);
    if (result === undefined || result.name === 'Error') return [];
    return [{ type: 'Object Created', reason, key, etag: unquoted(text(result, 'ETag')), ...versionOf(headers) }];
  };

const deleted =
  (key: string, version: string | null): ReadChanges =>
  ({ headers }) => {
    const marker = headers['x-amz-delete-marker'] === 'true' && version === null;
    const deletion = marker ? ('Delete Marker Created' as const) : ('Permanently Deleted' as const);
    const known = version === null ? versionOf(headers) : { version };
    return [{ type: 'Object Deleted', deletion, key, ...known }];
  };

/** A quiet answer lists only what failed; then what was asked for counts. */
const deletedMany: ReadChanges = ({ body }, requestBody) => {
  const [answer, request] = [document(body), document(requestBody)];
  if (answer?.name !== 'DeleteResult' || request === undefined) return [];
  const done = descendants(answer, 'Deleted');
  if (text(request, 'Quiet') !== 'true') return done.map(deletedEntry);
  const failed = descendants(answer, 'Error').map((error) => text(error, 'Key'));
  return descendants(request, 'Object')
    .filter((object) => !failed.includes(text(object, 'Key')))
    .map(quietEntry);
};

function quietEntry(object: XmlElement): ObjectChange {
  const [key = '', version] = [text(object, 'Key'), text(object, 'VersionId')];
  if (version === undefined) return { type: 'Object Deleted', key };
  return { type: 'Object Deleted', deletion: 'Permanently Deleted', key, version };
}

function deletedEntry(entry: XmlElement): ObjectChange {
  const marker = text(entry, 'DeleteMarker') === 'true' && text(entry, 'VersionId') === undefined;
  const version = text(entry, 'VersionId') ?? text(entry, 'DeleteMarkerVersionId');
  return {
    type: 'Object Deleted',
    deletion: marker ? 'Delete Marker Created' : 'Permanently Deleted',
    key: text(entry, 'Key') ?? '',
    ...(version !== undefined && { version }),
  };
}

function versionOf(headers: GatewayResponse['headers']): { version?: string } {
  const version = headers['x-amz-version-id'];
  return version === undefined || version === 'null' ? {} : { version };
}

const unquoted = (etag: string | undefined): string => (etag ?? '').replaceAll('"', '');

const text = (element: XmlElement, name: string): string | undefined => descendants(element, name)[0]?.text;

function document(body: Buffer | string): XmlElement | undefined {
  try {
    return parseXml(body.toString('utf8').trim());
  } catch {
    return undefined;
  }
}
