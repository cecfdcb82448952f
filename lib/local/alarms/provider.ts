import {
  CloudWatchClient,
  type ComparisonOperator,
  DescribeAlarmsCommand,
  PutDashboardCommand,
  PutMetricAlarmCommand,
  SetAlarmStateCommand,
  type Statistic,
} from '@aws-sdk/client-cloudwatch';
import { awsClientConfig } from '../engine/aws';
import { isObject } from '../engine/json';
import type { EngineContext, ResourceProvider } from '../engine/ports';
import { physicalName } from '../provision/physical-name';
import { defined, Properties } from '../provision/properties';
import { ALARM_STATISTICS, COMPARISONS, isStatistic } from './evaluate';

const ALARM_PROPERTIES = [
  ...[
    'AlarmName',
    'AlarmDescription',
    'ActionsEnabled',
    'AlarmActions',
    'OKActions',
    'InsufficientDataActions',
    'Namespace',
    'MetricName',
    'Dimensions',
    'Tags',
  ],
  ...[
    'Statistic',
    'ExtendedStatistic',
    'Period',
    'EvaluationPeriods',
    'DatapointsToAlarm',
    'Threshold',
    'ComparisonOperator',
    'TreatMissingData',
  ],
];
const MISSING_DATA = ['missing', 'ignore', 'breaching', 'notBreaching'];

export function cloudwatchProviders(context: EngineContext): readonly ResourceProvider[] {
  const cloudwatch = new CloudWatchClient(awsClientConfig(context));
  const alarm: ResourceProvider = {
    types: ['AWS::CloudWatch::Alarm'],
    create: async (resource) => {
      const properties = new Properties(resource).only(ALARM_PROPERTIES);
      refuseUnevaluable(properties);
      const name = properties.text('AlarmName') ?? physicalName(resource, 255);
      const { MetricAlarms = [] } = await cloudwatch.send(new DescribeAlarmsCommand({ AlarmNames: [name] }));
      await cloudwatch.send(new PutMetricAlarmCommand(alarmInput(name, properties)));
      if (MetricAlarms.length === 0) {
        // The emulator starts with OK; a new alarm knows nothing yet.
        await cloudwatch.send(
          new SetAlarmStateCommand({
            AlarmName: name,
            StateValue: 'INSUFFICIENT_DATA',
            StateReason: 'Unchecked: Initial alarm creation',
          }),
        );
      }
      return {
        ref: name,
        attributes: { Arn: `arn:aws:cloudwatch:${context.region}:${context.account}:alarm:${name}` },
      };
    },
  };
  const dashboard: ResourceProvider = {
    types: ['AWS::CloudWatch::Dashboard'],
    create: async (resource) => {
      const properties = new Properties(resource).only(['DashboardName', 'DashboardBody']);
      const name = properties.text('DashboardName') ?? physicalName(resource, 255);
      await cloudwatch.send(
        new PutDashboardCommand({ DashboardName: name, DashboardBody: properties.document('DashboardBody') ?? '{}' }),
      );
      return { ref: name, attributes: {} };
    },
  };
  return [alarm, dashboard];
}

/** What the evaluator could not judge is refused when the app is provisioned, not when it matters. */
function refuseUnevaluable(properties: Properties): void {
  const comparison = properties.requiredText('ComparisonOperator');
  if (!Object.hasOwn(COMPARISONS, comparison))
    throw properties.error(
      `ComparisonOperator ${comparison} is not supported; supported are ${Object.keys(COMPARISONS).join(', ')}`,
    );
  const name = properties.text('Statistic') ?? properties.requiredText('ExtendedStatistic');
  if (!isStatistic(name))
    throw properties.error(`the statistic ${name} is not supported; supported are ${ALARM_STATISTICS}`);
  const missing = properties.text('TreatMissingData') ?? 'missing';
  if (!MISSING_DATA.includes(missing))
    throw properties.error(`TreatMissingData must be one of ${MISSING_DATA.join(', ')}; found ${missing}`);
  for (const list of ['AlarmActions', 'OKActions', 'InsufficientDataActions']) {
    const other = properties.texts(list).find((arn) => !/^arn:aws:(sns|lambda):/.test(arn));
    if (other !== undefined)
      throw properties.error(`${list}: ${other} is not supported; supported are SNS topics and Lambda functions`);
  }
}

function alarmInput(name: string, properties: Properties) {
  const dimensions = properties.list('Dimensions').filter(isObject);
  return {
    AlarmName: name,
    Namespace: properties.requiredText('Namespace'),
    MetricName: properties.requiredText('MetricName'),
    Dimensions: dimensions.map((dimension) => ({ Name: String(dimension.Name), Value: String(dimension.Value) })),
    ComparisonOperator: properties.requiredText('ComparisonOperator') as ComparisonOperator,
    AlarmActions: properties.texts('AlarmActions'),
    OKActions: properties.texts('OKActions'),
    InsufficientDataActions: properties.texts('InsufficientDataActions'),
    EvaluationPeriods: properties.number('EvaluationPeriods') ?? 1,
    Period: properties.number('Period') ?? 60,
    ...defined({
      AlarmDescription: properties.text('AlarmDescription'),
      ActionsEnabled: properties.boolean('ActionsEnabled'),
      Statistic: properties.text('Statistic') as Statistic | undefined,
      ExtendedStatistic: properties.text('ExtendedStatistic'),
      DatapointsToAlarm: properties.number('DatapointsToAlarm'),
      Threshold: properties.number('Threshold'),
      TreatMissingData: properties.text('TreatMissingData'),
    }),
  };
}
