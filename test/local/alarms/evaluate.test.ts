import { type AlarmState, evaluateAlarm, isStatistic } from '../../../lib/local/alarms/evaluate';

const X = 9;
const none = undefined;
const rule = (treatMissingData: string, datapointsToAlarm = 3) => ({
  threshold: 5,
  comparison: 'GreaterThanThreshold',
  datapointsToAlarm,
  treatMissingData,
});

/** Columns: missing, ignore (current state OK), breaching, notBreaching. Three periods, all must breach. */
test.each<[readonly (number | undefined)[], readonly AlarmState[]]>([
  [
    [X, X, X],
    ['ALARM', 'ALARM', 'ALARM', 'ALARM'],
  ],
  [
    [0, X, X],
    ['OK', 'OK', 'OK', 'OK'],
  ],
  [
    [none, none, none],
    ['INSUFFICIENT_DATA', 'OK', 'ALARM', 'OK'],
  ],
  [
    [0, none, none],
    ['OK', 'OK', 'OK', 'OK'],
  ],
  [
    [X, none, none],
    ['ALARM', 'OK', 'ALARM', 'OK'],
  ],
  [
    [none, X, X],
    ['ALARM', 'OK', 'ALARM', 'OK'],
  ],
])('%j', (periods, states) => {
  expect(
    ['missing', 'ignore', 'breaching', 'notBreaching'].map((treat) => evaluateAlarm(rule(treat), periods, 'OK')),
  ).toEqual(states);
});

test('M out of N, the boundary, and ignore keeps the state', () => {
  expect(evaluateAlarm(rule('notBreaching', 1), [X, none, 0], 'OK')).toBe('ALARM');
  expect(evaluateAlarm(rule('missing', 1), [5], 'OK')).toBe('OK');
  expect(evaluateAlarm({ ...rule('missing', 1), comparison: 'GreaterThanOrEqualToThreshold' }, [5], 'OK')).toBe(
    'ALARM',
  );
  expect(evaluateAlarm({ ...rule('missing', 1), comparison: 'LessThanThreshold' }, [4], 'OK')).toBe('ALARM');
  expect(evaluateAlarm(rule('ignore'), [none, none, none], 'ALARM')).toBe('ALARM');
  expect(() => evaluateAlarm({ ...rule('missing'), comparison: 'GreaterThanUpperThreshold' }, [1], 'OK')).toThrow(
    'comparison operator GreaterThanUpperThreshold is not supported',
  );
});

test.each(['Sum', 'p0', 'p99.9', 'p100', 'TC(1000:)', 'PR(:300)', 'TM(0.5:10)'])('%s can be evaluated', (name) => {
  expect(isStatistic(name)).toBe(true);
});

test.each(['p101', 'p', 'tm90', 'TC(2%:98%)', 'IQM', 'Median', ''])('"%s" is refused', (name) => {
  expect(isStatistic(name)).toBe(false);
});
