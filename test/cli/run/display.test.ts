import { Display } from '../../../lib/cli/run/display';

const action = {
  time: new Date(0),
  pipeline: 'churn',
  executionId: 'run-1',
  stage: 'CodeTests',
  action: 'Test',
  category: 'Test',
  provider: 'CodeBuild',
} as const;

function screen(isTTY: boolean) {
  const chunks: string[] = [];
  return { isTTY, columns: 80, write: (text: string) => chunks.push(text), text: () => chunks.join('') };
}

test('plain lines where nobody looks at a terminal', () => {
  const output = screen(false);
  const display = new Display(output);
  display.onProgress({ ...action, type: 'actionStarted' });
  display.onProgress({ ...action, type: 'actionOutput', line: 'noise' });
  display.onProgress({
    ...action,
    type: 'actionFailed',
    seconds: 2.5,
    code: 'JobFailed',
    message: 'one test failed\ndetails',
  });
  display.close();
  expect(output.text()).toBe(`  … CodeTests/Test\n  ✘ ${'CodeTests/Test'.padEnd(32)}    2.5 s  one test failed\n`);
});

test('a terminal shows what runs with its elapsed time, and takes it away when it ends', () => {
  jest.useFakeTimers({ now: 0 });
  const output = screen(true);
  const display = new Display(output);
  display.onProgress({ ...action, type: 'actionStarted' });
  display.onProgress({ ...action, type: 'actionOutput', line: 'collected \x1b[32m34 items\x1b[0m' });
  jest.advanceTimersByTime(3000);
  expect(output.text()).toContain('CodeTests/Test');
  expect(output.text()).toMatch(/3\.0 s {2}collected 34 items/);
  display.onProgress({ ...action, type: 'actionSucceeded', seconds: 3 });
  const ended = output.text();
  expect(ended.endsWith(`✔ ${'CodeTests/Test'.padEnd(32)}    3.0 s\n`)).toBe(true);
  jest.advanceTimersByTime(1000);
  expect(output.text()).toBe(ended);
  jest.useRealTimers();
});

test('nothing is drawn while somebody types', () => {
  jest.useFakeTimers({ now: 0 });
  const output = screen(true);
  const display = new Display(output);
  display.onProgress({ ...action, type: 'actionStarted' });
  jest.advanceTimersByTime(400);
  display.pause();
  const before = output.text();
  jest.advanceTimersByTime(2000);
  expect(output.text()).toBe(before);
  display.resume();
  expect(output.text().slice(before.length)).toContain('CodeTests/Test');
  display.close();
  jest.useRealTimers();
});

test('a task that fails is marked and its error handed on', async () => {
  const output = screen(false);
  const failing = new Display(output).task('synthesize the app', () => Promise.reject(new Error('no such stack')));
  await expect(failing).rejects.toThrow('no such stack');
  expect(output.text()).toContain('✘ synthesize the app');
});
