import { Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { Parser, type ReadEntry } from 'tar';
import { RUN_KEYS, type TrainingDocument } from '../pipeline/contract';
import { parseS3Uri } from './objects';
import type { RunFolder } from './run-folder';

const FILE = 'environment.json';
const LIMIT = 1024 * 1024;

/**
 * Copies `environment.json` at the root of the run's model.tar.gz into the run's folder.
 *
 * @returns one line that says what was found
 * @throws Error when the model cannot be read, or its fingerprint is no JSON object
 */
export async function extractFingerprint(run: RunFolder): Promise<string> {
  const training = await run.readJson<TrainingDocument>(RUN_KEYS.training);
  const { bucket, key } = parseS3Uri(training.modelDataUrl);
  const { body } = await run.store.read(bucket, key);
  let text: string | undefined;
  const parser = new Parser({ strict: true });
  parser.on('entry', (entry: ReadEntry) => {
    if (entry.path.replace(/^\.\//, '') !== FILE || entry.size > LIMIT) {
      entry.resume();
      return;
    }
    const chunks: Buffer[] = [];
    entry.on('data', (chunk: Buffer) => chunks.push(chunk));
    entry.on('end', () => {
      text = Buffer.concat(chunks).toString('utf8');
    });
  });
  await pipeline(body, sink(parser));
  if (text === undefined)
    return `${training.modelDataUrl} holds no ${FILE}: the release has no environment fingerprint`;
  const fingerprint: unknown = JSON.parse(text);
  if (typeof fingerprint !== 'object' || fingerprint === null || !('sha256' in fingerprint)) {
    throw new Error(`${training.modelDataUrl}: ${FILE} is no {python, packages, sha256}; found ${text.slice(0, 80)}`);
  }
  await run.writeJson(RUN_KEYS.environment, fingerprint);
  return `environment ${String(fingerprint.sha256)}`;
}

/** node-tar's parser is no Node stream: this gives it the bytes and waits for its end. */
function sink(parser: Parser): Writable {
  const ended = new Promise<void>((done, fail) => {
    parser.on('end', done);
    parser.on('error', fail);
  });
  // Reported through final(); a failure before that must not count as unhandled.
  ended.catch(() => undefined);
  return new Writable({
    write(chunk: Buffer, _encoding, done) {
      if (parser.write(chunk)) done();
      else parser.once('drain', () => done());
    },
    final(done) {
      parser.end();
      ended.then(() => done(), done);
    },
  });
}
