import { createInterface } from 'node:readline/promises';
import type { ApprovalDecision, Approvals } from '../../local/codepipeline/ports';
import type { Display } from './display';

/** Approves everything, because the caller said so. */
export const approveAll: Approvals = {
  decide: async () => ({ status: 'Approved', summary: 'approved with --approve on this machine' }),
};

/** Asks the person at the terminal. */
export function askPerson(display: Display): Approvals {
  return {
    decide: async ({ stage, action, externalEntityLink, customData }, signal) => {
      const facts = [customData, externalEntityLink].filter((fact) => fact !== undefined).join(' — ');
      display.line(`\n  ${stage}/${action} waits for a decision. ${facts}`);
      // Redrawing would wipe out what the person types.
      display.pause();
      try {
        return toDecision(await question('  Approve this release? Type "yes", or the reason why not: ', signal));
      } finally {
        display.resume();
      }
    },
  };
}

/** The answer; undefined when the input ended without one. Rejects when the signal aborts. */
async function question(text: string, signal: AbortSignal): Promise<string | undefined> {
  const prompt = createInterface({ input: process.stdin, output: process.stderr });
  // The prompt reads keys itself, so Ctrl-C reaches the process only through here.
  prompt.once('SIGINT', () => process.kill(process.pid, 'SIGINT'));
  const closed = new Promise<undefined>((resolve) => prompt.once('close', () => resolve(undefined)));
  try {
    return await Promise.race([prompt.question(text, { signal }), closed]);
  } finally {
    prompt.close();
  }
}

function toDecision(answer: string | undefined): ApprovalDecision {
  const text = answer?.trim();
  if (text?.toLowerCase() === 'yes') return { status: 'Approved', summary: 'approved at the terminal' };
  return { status: 'Rejected', summary: text === undefined || text === '' ? 'no reason given' : text };
}
