import { createInterface } from 'node:readline/promises';
import type { ApprovalDecision, Approvals } from '../../local/codepipeline/ports';
import type { Display } from './display';

const QUESTION = '  Approve this release? Type "yes", or the reason why not: ';

/** Approves everything, because the caller said so. */
export const approveAll: Approvals = {
  decide: async () => ({ status: 'Approved', summary: 'approved with --approve on this machine' }),
};

/** Where the person is: reads lines, writes the question. */
export interface Terminal {
  readonly input: NodeJS.ReadableStream;
  readonly output: NodeJS.WritableStream;
}

/** Asks the person at the terminal. */
export function askPerson(
  display: Pick<Display, 'line' | 'pause' | 'resume'>,
  terminal: Terminal = { input: process.stdin, output: process.stderr },
): Approvals {
  return {
    decide: async ({ stage, action, externalEntityLink, customData }, signal) => {
      const facts = [customData, externalEntityLink].filter((fact) => fact !== undefined).join(' — ');
      display.line(`\n  ${stage}/${action} waits for a decision. ${facts}`);
      // Redrawing would wipe out what the person types.
      display.pause();
      try {
        return toDecision(await question(terminal, signal));
      } finally {
        display.resume();
      }
    },
  };
}

/** The answer; undefined when the input ended without one. Rejects when the signal aborts. */
async function question(terminal: Terminal, signal: AbortSignal): Promise<string | undefined> {
  const prompt = createInterface({ ...terminal });
  // The prompt reads keys itself, so Ctrl-C reaches the process only through here.
  prompt.once('SIGINT', () => process.kill(process.pid, 'SIGINT'));
  const closed = new Promise<undefined>((resolve) => prompt.once('close', () => resolve(undefined)));
  try {
    return await Promise.race([prompt.question(QUESTION, { signal }), closed]);
  } finally {
    prompt.close();
  }
}

function toDecision(answer: string | undefined): ApprovalDecision {
  const text = answer?.trim();
  if (text?.toLowerCase() === 'yes') return { status: 'Approved', summary: 'approved at the terminal' };
  return { status: 'Rejected', summary: text === undefined || text === '' ? 'no reason given' : text };
}
