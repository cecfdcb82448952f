import { CloudWatchClient, PutMetricDataCommand } from '@aws-sdk/client-cloudwatch';
import { mockClient } from 'aws-sdk-client-mock';
import { dimensionValue } from '../../lambda/monitoring/dimension-value';
import { publishDrift } from '../../lambda/monitoring/drift-metrics';

test.each([
  ['monthly_charges', 'monthly_charges'],
  ['größe', 'gr\\u00f6\\u00dfe'],
  ['grüße', 'gr\\u00fc\\u00dfe'],
  ['a\tb', 'a\\u0009b'],
  [':id', '\\u003aid'],
  ['  ', '(blank)'],
])('CloudWatch takes %j as %j', (name, value) => {
  expect(dimensionValue(name)).toBe(value);
});

test('the metrics of a column are named as CloudWatch takes it', async () => {
  const cloudwatch = mockClient(CloudWatchClient);
  cloudwatch.on(PutMetricDataCommand).resolves({});
  const feature = { name: `größe${'x'.repeat(2000)}`, psi: 0.3, null95: 0.1, drifted: true };
  const figures = { endpoint: 'e', at: new Date(0), rows: 1, unusable: 0, features: [feature] };
  await publishDrift(new CloudWatchClient({}), figures);
  const sent = cloudwatch.commandCalls(PutMetricDataCommand).flatMap(({ args }) => args[0].input.MetricData ?? []);
  const values = sent.flatMap(({ Dimensions = [] }) => Dimensions.map(({ Value = '' }) => Value));
  expect(values).toContain(`gr\\u00f6\\u00dfe${'x'.repeat(1009)}`);
  for (const value of values) expect(value).toMatch(/^[\x21-\x39\x3b-\x7e][\x20-\x7e]{0,1023}$/);
});
