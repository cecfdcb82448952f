import type { Screen } from './run/display';

const WIDTH = 30;

/** Work that ends before this is no long one. */
const QUICK_MS = 400;

/** How far long work is, redrawn in one line of a terminal; nothing is written where nobody watches. */
export class ProgressBar {
  private readonly started: number;
  private drawn = '';

  constructor(
    private readonly screen: Screen = process.stderr,
    private readonly now: () => number = () => performance.now(),
  ) {
    this.started = now();
  }

  /** Who is to be told a share of the work, 0 to 1. */
  get watcher(): { readonly onProgress?: (share: number) => void } {
    return this.screen.isTTY === true ? { onProgress: (share) => this.draw(share) } : {};
  }

  private draw(share: number): void {
    if (this.now() - this.started < QUICK_MS) return;
    const done = Math.round(share * WIDTH);
    const line = `  ${'█'.repeat(done)}${'░'.repeat(WIDTH - done)} ${String(Math.round(share * 100)).padStart(3)} % `;
    if (line !== this.drawn) this.screen.write(`\r${line}`);
    this.drawn = line;
  }

  clear(): void {
    if (this.drawn !== '') this.screen.write(`\r${' '.repeat(WIDTH + 10)}\r`);
    this.drawn = '';
  }
}
