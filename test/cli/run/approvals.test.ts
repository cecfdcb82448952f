import { PassThrough } from 'node:stream';
import { askPerson } from '../../../lib/cli/run/approvals';

const request = {
  pipeline: 'churn',
  executionId: 'run-1',
  stage: 'Approval',
  action: 'Approve',
  token: 't',
  customData: 'churn version 2',
};

function person() {
  const steps: string[] = [];
  const display = {
    line: (text: string) => steps.push(text.trim()),
    pause: () => steps.push('pause'),
    resume: () => steps.push('resume'),
  };
  const input = new PassThrough();
  const stop = new AbortController();
  return { steps, input, stop, asked: askPerson(display, { input, output: new PassThrough() }) };
}

test.each([
  ['yes\n', 'Approved', 'approved at the terminal'],
  ['  YES \n', 'Approved', 'approved at the terminal'],
  ['the price column is wrong\n', 'Rejected', 'the price column is wrong'],
  ['\n', 'Rejected', 'no reason given'],
])('the answer %j is %s', async (typed, status, summary) => {
  const { asked, input, stop, steps } = person();
  input.write(typed);
  expect(await asked.decide(request, stop.signal)).toEqual({ status, summary });
  expect(steps).toEqual(['Approval/Approve waits for a decision. churn version 2', 'pause', 'resume']);
});

test('an input that ends without an answer is no approval', async () => {
  const { asked, input, stop } = person();
  const decided = asked.decide(request, stop.signal);
  input.end();
  expect(await decided).toEqual({ status: 'Rejected', summary: 'no reason given' });
});

test('a run that is stopped takes the question back and gives the terminal free', async () => {
  const { asked, stop, steps } = person();
  const decided = asked.decide(request, stop.signal);
  stop.abort(new Error('stopped'));
  await expect(decided).rejects.toThrow('aborted');
  expect(steps.at(-1)).toBe('resume');
});
