import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import configuration from '../../assay.config';
import { loadAppConfig } from '../../lib/config/app';
import { DEFAULT_PYTHON } from '../../lib/config/images';
import { CHECKS, PREPARE } from '../../lib/pull-requests/buildspec';
import { ROOT } from './app';

interface Step {
  readonly run?: string;
  readonly uses?: string;
  readonly with?: Readonly<Record<string, unknown>>;
}
interface Job {
  readonly permissions?: Readonly<Record<string, string>>;
  readonly needs?: string;
  readonly if?: string;
  readonly steps: readonly Step[];
}
interface Workflow {
  readonly on: { readonly pull_request: { readonly branches: readonly string[] } };
  readonly permissions: Readonly<Record<string, string>>;
  readonly env: Readonly<Record<string, string>>;
  readonly jobs: Readonly<Record<'code' | 'data', Job>>;
}

const text = readFileSync(join(ROOT, '.github/workflows/pull-request.yml'), 'utf8');
const workflow = parse(text) as Workflow;
const { code, data } = workflow.jobs;
const commands = ({ steps }: Job): readonly string[] => steps.flatMap(({ run }) => run ?? []);

test('GitHub Actions run the very lines that CodeBuild runs, in the same order', () => {
  expect([...commands(code), ...commands(data)]).toEqual([
    ...PREPARE,
    ...CHECKS.slice(0, -1),
    ...PREPARE,
    ...CHECKS.slice(-1),
  ]);
  expect(data.needs).toBe('code');
});

test('on the same branch, workload and versions', () => {
  const config = loadAppConfig(configuration);
  const branch = config.source.type === 's3' ? '' : config.source.branch;
  expect(workflow.on.pull_request.branches).toEqual([branch]);
  expect(workflow.env).toEqual({
    ASSAY_WORKLOAD: config.workload.path,
    ASSAY_INFRASTRUCTURE_TESTS: config.workload.repository === 'combined' ? '1' : '0',
  });
  for (const { steps } of [code, data]) {
    const inputs = Object.assign({}, ...steps.map((step) => step.with ?? {}));
    expect(inputs).toMatchObject({ 'node-version': '22', 'python-version': DEFAULT_PYTHON });
  }
});

test('what is run was read once: actions are pinned by commit, with the version beside it', () => {
  const uses = [...text.matchAll(/uses: (\S+)(.*)/g)].map(([, action = '', comment = '']) => ({ action, comment }));
  expect(uses).toHaveLength(7);
  for (const { action, comment } of uses) {
    expect(action).toMatch(/^[\w-]+\/[\w-]+@[0-9a-f]{40}$/);
    expect(comment).toMatch(/^ # v\d+\.\d+\.\d+$/);
  }
});

test('the token may read the code; only the job that reads golden data gets an identity, and no fork does', () => {
  expect(workflow.permissions).toEqual({ contents: 'read' });
  expect(code.permissions).toBeUndefined();
  expect(data.permissions).toEqual({ contents: 'read', 'id-token': 'write' });
  expect(data.if).toContain('head.repo.full_name == github.repository');
  expect(text).not.toContain('secrets.');
  expect(text).not.toContain('pull_request_target');
  for (const { uses, with: inputs } of [...code.steps, ...data.steps]) {
    if (uses?.startsWith('actions/checkout@')) expect(inputs).toEqual({ 'persist-credentials': false });
  }
});
