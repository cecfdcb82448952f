import { createHash } from 'node:crypto';
import { mkdirSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Folders of one build. */
export interface Workspace {
  readonly root: string;
  readonly source: string;
  readonly temporary: string;
  /** Folder of the source with this identifier. */
  secondary(identifier: string): string;
  release(): void;
}

/**
 * Hands out build folders in the system's folder for temporary files: under the user's project a build would find that
 * project's node_modules, Git repository and settings in the folders above. The path is the same from build to build, as
 * long as builds of one project do not overlap, because cached virtual environments hold absolute paths.
 */
export class Workspaces {
  readonly #taken = new Set<string>();
  readonly #root: string;

  constructor(stateDir: string) {
    const id = createHash('sha256').update(stateDir).digest('hex').slice(0, 12);
    this.#root = join(realpathSync(tmpdir()), `assay-builds-${id}`);
  }

  acquire(project: string): Workspace {
    const root = this.#free(project);
    this.#taken.add(root);
    rmSync(root, { recursive: true, force: true });
    const [source, temporary] = [join(root, 'src'), join(root, 'tmp')];
    for (const folder of [source, temporary]) mkdirSync(folder, { recursive: true, mode: 0o700 });
    return {
      root,
      source,
      temporary,
      secondary: (identifier) => join(root, `src-${identifier}`),
      release: () => {
        rmSync(root, { recursive: true, force: true, maxRetries: 3 });
        this.#taken.delete(root);
      },
    };
  }

  close(): void {
    rmSync(this.#root, { recursive: true, force: true, maxRetries: 3 });
  }

  #free(project: string): string {
    for (let slot = 0; ; slot++) {
      const root = join(this.#root, `${project}-${slot}`);
      if (!this.#taken.has(root)) return root;
    }
  }
}
