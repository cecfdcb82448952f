import type { PipelineProgress } from '../../local/codepipeline/progress';

/** Where progress goes: a terminal is redrawn in place, anything else gets plain lines. */
export interface Screen {
  readonly isTTY: boolean;
  readonly columns?: number;
  write(text: string): unknown;
}

const REDRAW_MS = 200;
const SPINNER = ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏'];

interface Running {
  readonly label: string;
  readonly since: number;
  line: string;
}

/** Live progress of runs: one line for each action when it ends, and what runs now with its elapsed time below. */
export class Display {
  private readonly running = new Map<string, Running>();
  private timer: NodeJS.Timeout | undefined;
  private drawn = 0;
  private frame = 0;
  private paused = false;

  constructor(
    private readonly screen: Screen,
    private readonly now: () => number = Date.now,
  ) {}

  /** One finished line above whatever runs. */
  line(text: string): void {
    this.erase();
    this.screen.write(`${text}\n`);
    this.draw();
  }

  /** Shows a task of the engine's own, such as the synthesis, until it ends. */
  async task<T>(label: string, work: () => Promise<T>): Promise<T> {
    const since = this.begin(label, label);
    try {
      const result = await work();
      this.end(label, `  ✔ ${label.padEnd(32)} ${seconds(this.now() - since)}`);
      return result;
    } catch (error) {
      this.end(label, `  ✘ ${label.padEnd(32)} ${seconds(this.now() - since)}`);
      throw error;
    }
  }

  readonly onProgress = (event: PipelineProgress): void => {
    switch (event.type) {
      case 'actionStarted':
        this.begin(key(event), `${event.stage}/${event.action}`);
        break;
      case 'actionOutput':
        this.output(key(event), event.line);
        break;
      case 'actionSucceeded':
        this.end(key(event), `  ✔ ${name(event)} ${seconds(event.seconds * 1000)}${detail(event.summary)}`);
        break;
      case 'actionFailed':
        this.end(key(event), `  ✘ ${name(event)} ${seconds(event.seconds * 1000)}${detail(event.message)}`);
        break;
      case 'stageSkipped':
        this.line(`  • ${event.stage}: ${event.reason}`);
        break;
      case 'stageRetried':
        this.line(`  • ${event.stage} is tried again (${event.mode})`);
        break;
      default:
        break;
    }
  };

  /** Leaves the terminal to somebody who types. */
  pause(): void {
    this.erase();
    this.paused = true;
  }

  resume(): void {
    this.paused = false;
    this.draw();
  }

  /** Stops redrawing; the last lines stay. */
  close(): void {
    this.erase();
    clearInterval(this.timer);
    this.timer = undefined;
    this.running.clear();
  }

  private begin(id: string, label: string): number {
    const since = this.now();
    this.running.set(id, { label, since, line: '' });
    if (!this.screen.isTTY) this.screen.write(`  … ${label}\n`);
    else this.timer ??= setInterval(() => this.redraw(), REDRAW_MS).unref();
    return since;
  }

  private end(id: string, text: string): void {
    this.running.delete(id);
    this.line(text);
    if (this.running.size === 0) {
      clearInterval(this.timer);
      this.timer = undefined;
    }
  }

  private output(id: string, line: string): void {
    const running = this.running.get(id);
    if (running !== undefined && line.trim() !== '') running.line = line.trim();
  }

  private redraw(): void {
    this.erase();
    this.frame += 1;
    this.draw();
  }

  private draw(): void {
    if (!this.screen.isTTY || this.paused) return;
    const width = (this.screen.columns ?? 100) - 1;
    for (const { label, since, line } of this.running.values()) {
      const spinner = SPINNER[this.frame % SPINNER.length] ?? '';
      const text = `  ${spinner} ${label.padEnd(32)} ${seconds(this.now() - since)}  ${printable(line)}`;
      this.screen.write(`${text.slice(0, width)}\n`);
      this.drawn += 1;
    }
  }

  private erase(): void {
    if (!this.screen.isTTY || this.drawn === 0) return;
    this.screen.write(`\x1b[${this.drawn}A\x1b[0J`);
    this.drawn = 0;
  }
}

export const seconds = (ms: number): string => `${(ms / 1000).toFixed(1)} s`.padStart(8);

const key = (event: { readonly stage: string; readonly action: string }): string => `${event.stage}/${event.action}`;
const name = (event: { readonly stage: string; readonly action: string }): string => key(event).padEnd(32);
const detail = (text: string | undefined): string =>
  text === undefined || text === '' ? '' : `  ${printable(text.split('\n')[0] ?? '')}`;

/** Without control sequences, which output of builds may hold. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is removed
const CONTROL = /\x1b\[[0-9;?]*[ -/]*[@-~]|[\x00-\x1f\x7f]/g;
const printable = (text: string): string => text.replace(CONTROL, '');
