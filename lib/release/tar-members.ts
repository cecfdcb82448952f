import { createHash } from 'node:crypto';
import { type Readable, Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { Parser, type ReadEntry } from 'tar';

/** A file of an archive. */
export interface TarMember {
  /** Without `./` before it. */
  readonly path: string;
  readonly bytes: number;
  /** Hexadecimal. */
  readonly sha256: string;
}

/** Files that are to be had as text, and are not read beyond this. */
export interface KeptText {
  readonly path: string;
  readonly maxBytes: number;
}

export interface TarContent {
  /** By path. */
  readonly members: readonly TarMember[];
  /** Text of the kept file; absent if the archive has none, or a larger one. */
  readonly text?: string;
}

/**
 * Reads a .tar or .tar.gz once: what it holds, without owners, modes and times.
 *
 * @throws Error when it is no archive, or is cut off
 */
export async function readTar(body: Readable, keep?: KeptText): Promise<TarContent> {
  const members: TarMember[] = [];
  let text: string | undefined;
  const parser = new Parser({ strict: true });
  parser.on('entry', (entry: ReadEntry) => {
    const path = entry.path.replace(/^\.\//, '');
    if (entry.type === 'Directory') {
      entry.resume();
      return;
    }
    const chunks: Buffer[] | undefined = path === keep?.path && entry.size <= keep.maxBytes ? [] : undefined;
    const hash = createHash('sha256');
    entry.on('data', (chunk: Buffer) => {
      hash.update(chunk);
      chunks?.push(chunk);
    });
    entry.on('end', () => {
      members.push({ path, bytes: entry.size, sha256: hash.digest('hex') });
      if (chunks !== undefined) text = Buffer.concat(chunks).toString('utf8');
    });
  });
  await pipeline(body, sink(parser));
  const sorted = members.sort((a, b) => (a.path < b.path ? -1 : 1));
  return { members: sorted, ...(text === undefined ? {} : { text }) };
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
      if (parser.write(chunk)) {
        done();
        return;
      }
      // A parser that fails while it is full never drains.
      const drained = new Promise<void>((drain) => parser.once('drain', drain));
      Promise.race([drained, ended]).then(() => done(), done);
    },
    final(done) {
      parser.end();
      ended.then(() => done(), done);
    },
  });
}
