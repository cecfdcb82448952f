import { createInterface } from 'node:readline/promises';
import type { Approvals } from '../../local/codepipeline/ports';
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
      const prompt = createInterface({ input: process.stdin, output: process.stderr });
      try {
        const answer = (
          await prompt.question('  Approve this release? Type "yes", or the reason why not: ', { signal })
        ).trim();
        return answer.toLowerCase() === 'yes'
          ? { status: 'Approved', summary: 'approved at the terminal' }
          : { status: 'Rejected', summary: answer === '' ? 'no reason given' : answer };
      } finally {
        prompt.close();
      }
    },
  };
}
