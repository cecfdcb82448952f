import { canarySchema } from '../../lib/config/gates/serving';

const problemsOf = (canary: object): readonly string[] =>
  canarySchema.safeParse(canary).error?.issues.map(({ path, message }) => `${path.join('.')} ${message}`) ?? [];

test('a canary fits into the time that CodePipeline gives a state machine', () => {
  const days = (count: number) => ({ steps: [5, 25, 100], maxBakeSeconds: count * 86_400 });
  expect(problemsOf(days(2))).toEqual([]);
  expect(problemsOf({ ...days(2), steps: [5, 10, 25, 100] })).toEqual([
    'maxBakeSeconds times the number of steps is 6 days at most: CodePipeline gives a rollout seven',
  ]);
});
