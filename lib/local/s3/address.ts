/** What an S3 request is about; the path style is the only one from here on. */
export interface S3Address {
  readonly bucket: string;
  /** Decoded; empty for the bucket itself. */
  readonly key: string;
  readonly query: URLSearchParams;
}

/** `bucket.s3.amazonaws.com`, `bucket.s3.eu-west-1.amazonaws.com`, `bucket.localhost:4566`, `bucket.127.0.0.1:4566` */
const VIRTUAL_HOST =
  /^([a-z0-9][a-z0-9.-]{1,61}[a-z0-9])\.(?:s3[.-](?:[a-z0-9-]+\.)?amazonaws\.com|localhost|127\.0\.0\.1)(?::\d+)?$/;

/** The path of a request as it is in path style: `/bucket/key?query`, whichever style it was sent in. */
export function pathStyle(path: string, host: string | undefined): string {
  const bucket = VIRTUAL_HOST.exec(host ?? '')?.[1];
  return bucket === undefined ? path : `/${bucket}${path.startsWith('/') ? '' : '/'}${path}`;
}

/** @param path in path style */
export function s3Address(path: string): S3Address {
  const [place = '', query = ''] = path.split(/\?(.*)/s);
  const [, bucket = '', key = ''] = /^\/([^/]*)\/?(.*)$/s.exec(place) ?? [];
  return { bucket: decoded(bucket), key: decoded(key), query: new URLSearchParams(query) };
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
