import { listFiles } from './listing';

/** How large an input is as it lies there, packed or not, without reading it. */
export interface InputSize {
  readonly files: number;
  readonly bytes: number;
}

/**
 * @param specs paths, globs, folders or `s3://` prefixes
 * @throws TableError when one of them means no file
 */
export async function inputSize(specs: string | readonly string[]): Promise<InputSize> {
  const given = typeof specs === 'string' ? [specs] : specs;
  const files = (await Promise.all(given.map(listFiles))).flat();
  return { files: files.length, bytes: files.reduce((sum, { bytes }) => sum + bytes, 0) };
}
