import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { type BuildOptions, buildSync, version } from 'esbuild';

const OPTIONS = {
  bundle: true,
  platform: 'node',
  target: 'node22',
  format: 'cjs',
  logLevel: 'silent',
} as const satisfies BuildOptions;

/** Folders that handlers are made of, beside packages. */
const SOURCES = ['lambda', 'lib'] as const;

/** Bundles of so many states of the sources are kept: of this one, and of what two branches had. */
const KEPT_STATES = 3;

/**
 * One file with everything a handler needs. The CDK's own way to bundle starts npm for each function, and each function
 * holds the same megabytes of SDK; here esbuild runs in this process, and what it made is kept until a source changes.
 */
export class FunctionBundles {
  private readonly cache: string;
  private state: string | undefined;

  /** @param root folder of the project, with node_modules */
  constructor(private readonly root: string) {
    this.cache = join(root, 'node_modules', '.cache', 'assay', 'functions');
  }

  /**
   * @param entry handler file relative to the root
   * @throws if esbuild finds an error
   */
  bundle(entry: string): Uint8Array {
    this.state ??= this.digest();
    const file = join(this.cache, this.state, `${entry.replaceAll('/', '.')}.js`);
    try {
      return readFileSync(file);
    } catch {
      // Not kept, or not to be read.
    }
    const made = this.build(entry);
    // Somebody may have saved a source meanwhile.
    if (this.digest() === this.state) this.keep(file, made);
    return made;
  }

  private build(entry: string): Uint8Array {
    const places = { absWorkingDir: this.root, entryPoints: [entry], outfile: 'index.js' };
    const { outputFiles } = buildSync({ ...OPTIONS, ...places, write: false });
    const [made] = outputFiles;
    if (made === undefined || outputFiles.length !== 1) throw new Error(`${entry}: ${outputFiles.length} bundles`);
    return made.contents;
  }

  /** Of all that decides how a bundle looks: names of sources count, too, because imports are resolved by them. */
  private digest(): string {
    const hash = createHash('sha256').update(JSON.stringify([version, OPTIONS]));
    // npm's account of what is installed, which the lock file only asks for.
    for (const file of ['tsconfig.json', 'package.json', join('node_modules', '.package-lock.json')]) {
      hash.update(readFileSync(join(this.root, file)));
    }
    for (const folder of SOURCES) {
      const entries = readdirSync(join(this.root, folder), { recursive: true, withFileTypes: true });
      const files = entries.filter((entry) => entry.isFile()).map(({ parentPath, name }) => join(parentPath, name));
      for (const file of files.sort()) {
        const content = readFileSync(file);
        hash.update(`${file.slice(this.root.length)}\0${content.length}\0`).update(content);
      }
    }
    return hash.digest('hex');
  }

  private keep(file: string, made: Uint8Array): void {
    try {
      if (mkdirSync(dirname(file), { recursive: true }) !== undefined) this.forget();
      // Under its name it is whole, whoever else bundles at the same time.
      writeFileSync(`${file}.${process.pid}`, made);
      renameSync(`${file}.${process.pid}`, file);
    } catch {
      // Where nothing can be kept, the next synthesis takes its time.
    }
  }

  private forget(): void {
    const changed = (state: string) => statSync(join(this.cache, state)).mtimeMs;
    const states = readdirSync(this.cache).sort((a, b) => changed(b) - changed(a));
    for (const state of states.slice(KEPT_STATES)) rmSync(join(this.cache, state), { recursive: true, force: true });
  }
}
