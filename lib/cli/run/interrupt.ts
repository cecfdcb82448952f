import { constants } from 'node:os';
import { Stopped } from '../exit';

const SIGNALS = { SIGINT: 'Ctrl-C', SIGTERM: 'SIGTERM', SIGHUP: 'a closed terminal' } as const;
const NAMES = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

export interface Interrupt {
  /** Aborts with Stopped. */
  readonly signal: AbortSignal;
  /** Listens no longer. */
  dispose(): void;
}

/** The first signal stops the run and every child in order; a second one ends this process at once. */
export function onInterrupt(tell: (line: string) => void): Interrupt {
  const controller = new AbortController();
  const stop = (name: NodeJS.Signals) => {
    const code = 128 + constants.signals[name];
    // The watchdog ends what still runs.
    if (controller.signal.aborted) process.exit(code);
    controller.abort(new Stopped(`stopped by ${name in SIGNALS ? SIGNALS[name as keyof typeof SIGNALS] : name}`, code));
    tell('stopping …');
  };
  for (const name of NAMES) process.on(name, stop);
  return {
    signal: controller.signal,
    dispose: () => {
      for (const name of NAMES) process.off(name, stop);
    },
  };
}
