import { parseGates } from '../../lib/config/load';
import { ConfigurationError } from '../../lib/config/problem';

const file = (quality: string): string => `version: 1
dataset:
  name: tiny
  version: "1"
  key: id
  label: y
  columns: { id: string, customer: string, y: integer }
model:
  metrics: { roc_auc: { min: 0.7 } }
  clusters: customer
monitoring:
  quality: ${quality}
`;

function problems(quality: string): readonly string[] {
  try {
    parseGates(file(quality), 'gates.yaml', '.');
    return [];
  } catch (error) {
    if (error instanceof ConfigurationError) return error.problems.map(({ where, message }) => `${where}: ${message}`);
    throw error;
  }
}

test('labels are judged by the floors of the release unless others are named', () => {
  expect(parseGates(file('{}'), 'gates.yaml', '.').monitoring.quality).toEqual({
    minRows: 200,
    minCoverage: 0.1,
    labelDelayDays: 30,
    windowDays: 30,
    falseAlarm: 0.05,
    consecutive: 2,
  });
});

test.each([
  ['{ metrics: { rmse: { max: 1 } } }', 'rmse', 'is no metric of a binary task'],
  ['{ metrics: { roc_auc: { min: 0.7, interval: delong } } }', 'interval', 'takes rows for independent'],
  ['{ metrics: { roc_auc: {} } }', 'roc_auc', 'needs min or max'],
  ['{ labelDelayDays: 91 }', 'labelDelayDays', '90'],
  ['{ falseAlarm: 0.5 }', 'falseAlarm', '0.2'],
])('%s is told at its place', (quality, where, message) => {
  const [problem = ''] = problems(quality);
  expect(problem).toContain(where);
  expect(problem).toContain(message);
});
