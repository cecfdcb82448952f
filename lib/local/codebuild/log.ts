import { appendFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';

/** Shorter secrets would mask ordinary text: a secret `1` would blot out every digit. */
const SHORTEST_MASKED = 3;

/** The log of one build: a file, and each line to a listener. Secrets are replaced before either sees them. */
export class BuildLog {
  #secrets: readonly string[] = [];

  constructor(
    readonly path: string,
    private readonly listener: (line: string) => void,
  ) {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, '');
  }

  /** Masks these values from now on; of a text with several lines, each line. */
  mask(secrets: readonly string[]): void {
    this.#secrets = secrets
      .flatMap((secret) => [secret, ...secret.split('\n')])
      .filter((secret) => secret.length >= SHORTEST_MASKED)
      .sort((a, b) => b.length - a.length);
  }

  /** A line that a command wrote. */
  line(text: string): void {
    const masked = this.#secrets.reduce((line, secret) => line.replaceAll(secret, '***'), text);
    appendFileSync(this.path, `${masked}\n`);
    this.listener(masked);
  }

  /** A line of the build service itself, in CodeBuild's form. */
  container(text: string): void {
    const time = new Date().toISOString().replace('T', ' ').replaceAll('-', '/').replace('Z', '');
    this.line(`[Container] ${time} ${text}`);
  }

  masked(text: string): string {
    return this.#secrets.reduce((line, secret) => line.replaceAll(secret, '***'), text);
  }
}
