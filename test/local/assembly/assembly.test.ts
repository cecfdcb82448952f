import { join } from 'node:path';
import { evaluateIntrinsics, NO_VALUE, type Scope } from '../../../lib/local/assembly/intrinsics';
import { loadAssembly } from '../../../lib/local/assembly/load';
import { inDependencyOrder } from '../../../lib/local/assembly/order';
import { dependenciesOf } from '../../../lib/local/assembly/references';
import { StackScope } from '../../../lib/local/assembly/stack-scope';
import { writeAssembly } from '../harness';

const empty = { template: { Resources: {} } };

describe('loadAssembly', () => {
  test('stacks come in dependency order, unknown account and region are filled in, assets have absolute places', () => {
    const dir = writeAssembly({ App: { ...empty, dependencies: ['Data'], code: { 'index.js': '' } }, Data: empty });
    const { stacks, account, region } = loadAssembly(dir);
    expect(stacks.map(({ name }) => name)).toEqual(['Data', 'App']);
    expect([account, region]).toEqual(['123456789012', 'us-east-1']);
    expect(stacks[1]?.assets).toEqual([
      {
        id: 'App',
        source: join(dir, 'asset.App'),
        packaging: 'zip',
        bucket: 'cdk-hnb659fds-assets-123456789012-us-east-1',
        key: 'App.zip',
      },
    ]);
  });

  test.each([
    [
      'a circle of stacks',
      { A: { ...empty, dependencies: ['B'] }, B: { ...empty, dependencies: ['A'] } },
      'in a circle: A → B → A',
    ],
    [
      'two regions',
      { A: empty, B: { ...empty, environment: 'aws://111122223333/eu-west-1' } },
      'Stack B is for 111122223333/eu-west-1, A for 123456789012/us-east-1',
    ],
    ['no stack', {}, 'holds no stack'],
  ])('%s is refused', (_what, stacks, message) => {
    expect(() => loadAssembly(writeAssembly(stacks))).toThrow(message);
  });

  test('a folder without assembly says what to do', () => {
    expect(() => loadAssembly('/nonexistent')).toThrow(
      'No cloud assembly in /nonexistent: manifest.json is missing. Run "npx cdk synth" first.',
    );
  });
});

const scope: Scope = {
  ref: (name) => (name === 'AWS::NoValue' ? NO_VALUE : `ref-${name}`),
  getAtt: (id, attribute) => `${id}/${attribute}`,
  condition: (name) => name === 'Yes',
  findInMap: (...keys) => keys.join('/'),
  importValue: (name) => `import-${name}`,
  stackOutput: (stack, output) => `${stack}!${output}`,
};

describe('intrinsics', () => {
  test.each<[object, unknown]>([
    [{ Ref: 'A' }, 'ref-A'],
    [{ 'Fn::GetAtt': ['A', 'Endpoint.Port'] }, 'A/Endpoint.Port'],
    [{ 'Fn::GetAtt': 'A.Arn' }, 'A/Arn'],
    // biome-ignore lint/suspicious/noTemplateCurlyInString: CloudFormation's own syntax
    [{ 'Fn::Sub': '${A}-${B.Arn}-${!literal}' }, 'ref-A-B/Arn-${literal}'],
    // biome-ignore lint/suspicious/noTemplateCurlyInString: CloudFormation's own syntax
    [{ 'Fn::Sub': ['${x}:${A}', { x: { 'Fn::Join': ['-', ['1', 2]] } }] }, '1-2:ref-A'],
    [{ 'Fn::Select': ['1', { 'Fn::Split': [':', 'a:b'] }] }, 'b'],
    [{ 'Fn::FindInMap': ['M', { Ref: 'R' }, 'k'] }, 'M/ref-R/k'],
    [{ 'Fn::ImportValue': { 'Fn::Join': ['', ['x', 'y']] } }, 'import-xy'],
    [{ 'Fn::GetStackOutput': { StackName: 'S', OutputName: 'O' } }, 'S!O'],
    [{ 'Fn::Base64': 'hi' }, 'aGk='],
    [{ 'Fn::If': ['Yes', 1, 2] }, 1],
    [{ 'Fn::If': ['No', 1, 2] }, 2],
    [{ 'Fn::And': [{ Condition: 'Yes' }, { 'Fn::Not': [{ Condition: 'No' }] }] }, true],
    [{ 'Fn::Or': [{ Condition: 'No' }, { 'Fn::Equals': [{ Ref: 'A' }, 'ref-B'] }] }, false],
    [
      { keep: 1, drop: { Ref: 'AWS::NoValue' }, list: [{ 'Fn::If': ['No', 1, { Ref: 'AWS::NoValue' }] }, 2] },
      { keep: 1, list: [2] },
    ],
    [
      { Statement: { Condition: { StringEquals: { a: 'b' } } } },
      { Statement: { Condition: { StringEquals: { a: 'b' } } } },
    ],
  ])('%j', (value, expected) => {
    expect(evaluateIntrinsics(value, scope, 'S/R')).toEqual(expected);
  });

  test.each<[object, string]>([
    [{ a: { 'Fn::Cidr': [] } }, 'S/R: unknown function Fn::Cidr; known are Ref, Condition, Fn::GetAtt'],
    [{ 'Fn::Select': [2, ['a']] }, 'S/R: Fn::Select asks for item 2 of 1'],
    [{ 'Fn::Join': ['', [{ a: 1 }]] }, 'S/R: expected a text, found {"a":1}'],
    [
      { secret: '{{resolve:secretsmanager:x}}' },
      'S/R: dynamic references such as {{resolve:secretsmanager:x}} are not resolved',
    ],
  ])('%j is an error that names its place', (value, message) => {
    expect(() => evaluateIntrinsics(value, scope, 'S/R')).toThrow(message);
  });
});

describe('StackScope', () => {
  const template = {
    Parameters: {
      Stage: { Type: 'String', Default: 'test' },
      Image: { Type: 'AWS::SSM::Parameter::Value<String>', Default: '/image' },
      Bare: { Type: 'String' },
    },
    Mappings: { M: { a: { b: 'c' } } },
    Conditions: { IsTest: { 'Fn::Equals': [{ Ref: 'Stage' }, 'test'] } },
    Resources: { Queue: { Type: 'AWS::SQS::Queue' } },
  };
  const stack = {
    id: 'S',
    name: 'S',
    region: 'eu-west-1',
    account: '111122223333',
    template,
    parameters: {},
    dependencies: [],
    assets: [],
  };
  const stackScope = new StackScope({
    stack,
    ssmParameter: (name) => (name === '/image' ? 'v7' : undefined),
    shared: { exports: new Map(), outputs: new Map() },
  });
  const value = (of: object) => stackScope.evaluate(of, 'Queue');

  test('finds parameters, pseudo parameters, mappings and conditions', () => {
    const found = value({
      s: { Ref: 'Stage' },
      i: { Ref: 'Image' },
      r: { Ref: 'AWS::Region' },
      m: { 'Fn::FindInMap': ['M', 'a', 'b'] },
      c: { 'Fn::If': ['IsTest', 1, 0] },
    });
    expect(found).toEqual({ s: 'test', i: 'v7', r: 'eu-west-1', m: 'c', c: 1 });
  });

  test.each<[object, string]>([
    [{ Ref: 'Bare' }, 'S/Queue: parameter Bare has no value and no default'],
    [{ Ref: 'Nothing' }, 'S/Queue: there is no resource or parameter Nothing'],
    [{ Ref: 'Queue' }, 'S/Queue: Queue was not created'],
    [{ 'Fn::ImportValue': 'x' }, 'S/Queue: no stack before this one exports x'],
  ])('%j is an error', (of, message) => {
    expect(() => value(of)).toThrow(message);
  });

  test('an unknown attribute lists the known ones', () => {
    stackScope.add('Queue', 'AWS::SQS::Queue', { ref: 'url', attributes: { Arn: 'arn' } });
    expect(() => value({ 'Fn::GetAtt': ['Queue', 'Color'] })).toThrow(
      'S/Queue: Queue (AWS::SQS::Queue) has no attribute Color here; known are Arn',
    );
  });
});

test('resources depend on what they mention, and a circle is named', () => {
  const Resources = {
    // biome-ignore lint/suspicious/noTemplateCurlyInString: CloudFormation's own syntax
    A: { Type: 'T', Properties: { x: [{ 'Fn::Sub': '${B.Arn}' }], y: { Ref: 'AWS::Region' } }, DependsOn: 'C' },
    B: { Type: 'T', Properties: { z: { 'Fn::GetAtt': ['C', 'Arn'] } } },
    C: { Type: 'T' },
  };
  const names = ['A', 'B', 'C'];
  expect(inDependencyOrder(names, (id) => dependenciesOf({ Resources }, id), String)).toEqual(['C', 'B', 'A']);
  const circle = { ...Resources, C: { Type: 'T', DependsOn: ['A'] } };
  expect(() =>
    inDependencyOrder(
      names,
      (id) => dependenciesOf({ Resources: circle }, id),
      (cycle) => `circle: ${cycle}`,
    ),
  ).toThrow('circle: A → C → A');
});
