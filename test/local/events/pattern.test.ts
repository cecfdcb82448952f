import { compilePattern } from '../../../lib/local/events/pattern';

// Tables after AWS's own examples: EventBridge User Guide (Comparison operators; Event patterns; Arrays; Null values and
// empty strings) and the README of aws/event-ruler.

const instance = {
  version: '0',
  id: '6a7e8feb-b491-4cf7-a9f1-bf3703467718',
  'detail-type': 'EC2 Instance State-change Notification',
  source: 'aws.ec2',
  account: '111122223333',
  time: '2017-12-22T18:43:48Z',
  region: 'us-west-1',
  resources: ['arn:aws:ec2:us-west-1:123456789012:instance/i-1234567890abcdef0'],
  detail: {
    'instance-id': 'i-1234567890abcdef0',
    state: 'terminated',
    'c-count': 5,
    'd-count': 3,
    'x-limit': 301.8,
    'source-ip': '10.0.0.33',
    deeper: { c1: 100 },
  },
};

describe('the event of an instance', () => {
  test.each<[object, boolean]>([
    [{ source: ['aws.ec2'], 'detail-type': [instance['detail-type']], detail: { state: ['terminated'] } }, true],
    [{ source: ['aws.ec2'], detail: { state: ['running', 'stopped'] } }, false],
    [{ resources: instance.resources }, true],
    [{ time: [{ prefix: '2017-12-22' }] }, true],
    [{ time: [{ prefix: '2017-10-02' }] }, false],
    [{ source: [{ prefix: { 'equals-ignore-case': 'AWS.' } }] }, true],
    [{ source: [{ suffix: 'ec2' }] }, true],
    [{ source: [{ suffix: { 'equals-ignore-case': 'EC2' } }] }, true],
    [{ source: [{ 'equals-ignore-case': 'AWS.EC2' }] }, true],
    [{ detail: { state: [{ 'anything-but': 'initializing' }] } }, true],
    [{ detail: { state: [{ 'anything-but': 'terminated' }] } }, false],
    [{ detail: { 'x-limit': [{ 'anything-but': 123 }] } }, true],
    [{ detail: { state: [{ 'anything-but': ['stopped', 'overloaded'] }] } }, true],
    [{ detail: { 'x-limit': [{ 'anything-but': [100, 200, 301.8] }] } }, false],
    [{ detail: { state: [{ 'anything-but': { prefix: 'term' } }] } }, false],
    [{ detail: { state: [{ 'anything-but': { prefix: ['init', 'stop'] } }] } }, true],
    [{ detail: { state: [{ 'anything-but': { suffix: 'ing' } }] } }, true],
    [{ detail: { state: [{ 'anything-but': { suffix: ['ing', 'ed'] } }] } }, false],
    [{ detail: { state: [{ 'anything-but': { 'equals-ignore-case': 'TERMINATED' } }] } }, false],
    [{ detail: { state: [{ 'anything-but': { 'equals-ignore-case': ['RUNNING', 'Stopped'] } }] } }, true],
    [{ detail: { state: [{ 'anything-but': { wildcard: 'term*ed' } }] } }, false],
    [{ detail: { state: [{ 'anything-but': { wildcard: ['*/lib/*', '*/bin/*'] } }] } }, true],
    [{ detail: { gone: [{ 'anything-but': 'x' }] } }, false],
    [{ detail: { 'c-count': [{ numeric: ['>', 0, '<=', 5] }], 'd-count': [{ numeric: ['<', 10] }] } }, true],
    [{ detail: { 'x-limit': [{ numeric: ['=', 3.018e2] }] } }, true],
    [{ detail: { 'c-count': [{ numeric: ['>', 5] }] } }, false],
    [{ detail: { state: [{ numeric: ['>', 0] }] } }, false],
    [{ detail: { 'source-ip': [{ cidr: '10.0.0.0/24' }] } }, true],
    [{ detail: { 'source-ip': [{ cidr: '10.0.1.0/24' }] } }, false],
    [{ detail: { state: [{ cidr: '0.0.0.0/0' }] } }, false],
    [{ detail: { 'c-count': [{ exists: true }] } }, true],
    [{ detail: { 'c-count': [{ exists: false }] } }, false],
    [{ detail: { gone: [{ exists: false }] } }, true],
    [{ detail: { gone: { below: [{ exists: false }] } } }, true],
    [{ detail: { deeper: [{ exists: true }] } }, false],
    [{ detail: { deeper: [{ exists: false }] } }, true],
    [{ detail: { gone: [{ exists: false }, 'x'] } }, true],
    [{ detail: { 'c-count': [{ exists: false }, { numeric: ['=', 5] }] } }, true],
  ])('pattern %j', (pattern, matches) => {
    expect(compilePattern(pattern)(instance)).toBe(matches);
  });
});

describe('other events', () => {
  test.each<[object, object, boolean]>([
    [{ FileName: [{ wildcard: 'dir/*.png' }] }, { FileName: 'dir/sub/a.png' }, true],
    [{ FileName: [{ wildcard: 'dir/*.png' }] }, { FileName: 'other/a.png' }, false],
    [{ FileName: [{ wildcard: 'a\\*b*' }] }, { FileName: 'a*bc' }, true],
    [{ FileName: [{ wildcard: 'a\\*b*' }] }, { FileName: 'axbc' }, false],
    [{ FileName: [{ wildcard: 'a\\\\b*' }] }, { FileName: 'a\\bc' }, true],
    [{ FileName: [{ wildcard: 'a.c' }] }, { FileName: 'abc' }, false],
    [{ LastName: [''] }, { LastName: '' }, true],
    [{ UserID: [null] }, { UserID: null }, true],
    [{ UserID: [null] }, {}, false],
    [{ UserID: [''] }, { UserID: null }, false],
    [{ UserID: [{ 'anything-but': 'x' }] }, { UserID: null }, true],
    [{ Price: [100] }, { Price: '100' }, false],
    [{ Flag: [true] }, { Flag: true }, true],
    [{ Flag: ['true'] }, { Flag: true }, false],
    [{ ip: [{ cidr: '2001:db8::/32' }] }, { ip: '2001:db8::1' }, true],
    [{ ip: [{ cidr: '2001:db8::/32' }] }, { ip: '2001:db9::1' }, false],
    [{ ip: [{ cidr: '10.0.0.0/8' }] }, { ip: '::ffff:10.0.0.1' }, false],
    [{ ip: [{ cidr: '10.0.0.7/32' }] }, { ip: '10.0.0.7' }, true],
    [{ tags: ['a', 'b'] }, { tags: ['b', 'z'] }, true],
    [{ tags: ['a'] }, { tags: [['x', ['a']]] }, true],
    [{ tags: ['a'] }, { tags: [] }, false],
    [{ tags: [{ exists: true }] }, { tags: [] }, false],
    [{ tags: [{ exists: false }] }, { tags: [] }, true],
    [{ tags: [{ 'anything-but': 'a' }] }, { tags: ['a', 'b'] }, true],
  ])('pattern %j, event %j', (pattern, event, matches) => {
    expect(compilePattern(pattern)({ ...event })).toBe(matches);
  });
});

describe('fields of one object in a list match together', () => {
  const john = { firstName: 'John', lastName: 'Doe' };
  const anna = { firstName: 'Anna', lastName: 'Smith' };
  const peter = { firstName: 'Peter', lastName: 'Jones', nick: 'P' };
  test.each<[object, object, boolean]>([
    [{ employees: { firstName: ['Anna'] } }, { employees: [john, anna, peter] }, true],
    [{ employees: { firstName: ['Anna'] } }, { employees: [[john, anna], [peter]] }, true],
    [{ employees: { firstName: ['Anna'], lastName: ['Jones'] } }, { employees: [john, anna, peter] }, false],
    [{ employees: { firstName: ['Anna'], lastName: ['Smith'] } }, { employees: [john, anna, peter] }, true],
    [{ employees: { nick: [{ exists: false }] } }, { employees: [john, anna] }, true],
    [{ employees: { nick: [{ exists: false }] } }, { employees: [john, anna, peter] }, false],
    [{ employees: { nick: [{ exists: false }] } }, { employees: [] }, true],
  ])('pattern %j, event %j', (pattern, event, matches) => {
    expect(compilePattern(pattern)({ ...event })).toBe(matches);
  });
});

describe('$or', () => {
  const pattern = {
    source: ['aws.cloudwatch'],
    $or: [
      { metricName: ['CPUUtilization', 'ReadLatency'] },
      { metricType: ['MetricType'], namespace: ['AWS/EC2'], $or: [{ metricId: [1234] }, { spaceId: [1000] }] },
      { scope: ['Service'] },
    ],
  };
  const both = { $or: [{ a: [1] }, { b: [1] }], detail: { $or: [{ c: [1] }, { d: [{ numeric: ['>', 1] }] }] } };
  test.each<[object, object, boolean]>([
    [pattern, { source: 'aws.cloudwatch', metricName: 'ReadLatency' }, true],
    [pattern, { source: 'aws.cloudwatch', metricType: 'MetricType', namespace: 'AWS/EC2' }, false],
    [pattern, { source: 'aws.cloudwatch', metricType: 'MetricType', namespace: 'AWS/EC2', spaceId: 1000 }, true],
    [pattern, { source: 'aws.cloudwatch', scope: 'Service' }, true],
    [pattern, { source: 'aws.ec2', scope: 'Service' }, false],
    [both, { b: 1, detail: { d: 2 } }, true],
    [both, { b: 1, detail: { d: 1 } }, false],
    [both, { detail: { c: 1 } }, false],
  ])('pattern %j, event %j', (or, event, matches) => {
    expect(compilePattern(or)({ ...event })).toBe(matches);
  });
});

test.each<[unknown, string]>([
  [{}, 'Event pattern: must be an object with at least one field.'],
  [{ source: 'aws.s3' }, 'Event pattern at source: must be an object'],
  [{ source: [] }, 'Event pattern at source: the list of values is empty.'],
  [{ source: [['a']] }, 'Event pattern at source: a list cannot hold the list ["a"].'],
  [{ detail: { n: [{ numeric: ['!', 1] }] } }, 'Event pattern at detail.n: numeric has ["!",1]'],
  [{ detail: { n: [{ numeric: ['>', '1'] }] } }, 'numeric has [">","1"]'],
  [{ detail: { n: [{ numeric: ['>', 6e9] }] } }, 'with a number from -5e9 to 5e9'],
  [{ detail: { n: [{ numeric: ['<', 5, '>', 1] }] } }, 'must have a lower bound and then a higher one'],
  [{ detail: { n: [{ numeric: ['>', 5, '<', 1] }] } }, 'must have a lower bound and then a higher one'],
  [{ detail: { n: [{ numeric: [] }] } }, 'numeric must be a list such as'],
  [{ detail: { n: [{ like: 'a' }] } }, '{"like":"a"} is not supported; known operators are prefix, suffix'],
  [{ detail: { n: [{ prefix: 'a', suffix: 'b' }] } }, 'is not supported; known operators are'],
  [{ detail: { n: [{ prefix: 1 }] } }, 'prefix must be a text; found 1.'],
  [{ detail: { n: [{ exists: 'yes' }] } }, 'exists must be true or false; found "yes".'],
  [{ detail: { n: [{ cidr: '10.0.0.0' }] } }, 'cidr must be a network such as 10.0.0.0/24; found 10.0.0.0.'],
  [{ detail: { n: [{ cidr: '10.0.0.0/33' }] } }, 'cidr must be a network'],
  [{ detail: { n: [{ wildcard: 'a**b' }] } }, 'wildcard a**b has one * right after another.'],
  [{ detail: { n: [{ wildcard: 'a\\b' }] } }, 'may only have * or \\ after a backslash.'],
  [{ detail: { n: [{ 'anything-but': ['a', 1] }] } }, 'anything-but must have only texts or only numbers'],
  [{ detail: { n: [{ 'anything-but': [null] }] } }, 'anything-but must have only texts or only numbers'],
  [{ detail: { n: [{ 'anything-but': [] }] } }, 'anything-but has an empty list.'],
  [
    { detail: { n: [{ 'anything-but': { numeric: ['>', 1] } }] } },
    'known operators are prefix, suffix, equals-ignore-case',
  ],
  [{ $or: [{ a: [1] }] }, '$or must be a list of at least two patterns.'],
  [{ $or: [{ a: [1] }, { prefix: ['b'] }] }, '$or cannot have a field named prefix.'],
])('pattern %j is refused', (pattern, message) => {
  expect(() => compilePattern(pattern)).toThrow(message);
});
