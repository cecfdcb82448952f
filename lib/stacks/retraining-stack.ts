import { Stack, type StackProps } from 'aws-cdk-lib';
import { Alarm } from 'aws-cdk-lib/aws-cloudwatch';
import { Role } from 'aws-cdk-lib/aws-iam';
import type { IBucket } from 'aws-cdk-lib/aws-s3';
import { StringParameter } from 'aws-cdk-lib/aws-ssm';
import type { Construct } from 'constructs';
import type { AppConfig } from '../config/app';
import { DriftMonitor } from '../monitoring/drift-monitor';
import { LabelMonitor } from '../monitoring/label-monitor';
import type { MonitorProps } from '../monitoring/scheduled-monitor';
import type { Notices } from '../observability/notices';
import { pipelineName } from '../pipeline/names';
import { type RetrainingLocation, retrainingParameter } from '../retraining/contract';
import type { RetrainingTableRef } from '../retraining/retraining-table';
import { retrainingPolicy, Triggers } from '../retraining/triggers';
import type { RolloutTableRef } from '../rollout/rollout-table';
import type { ServingEnvironment } from '../rollout/serving-environment';
import { Webhook } from '../webhook/webhook';

export interface RetrainingStackProps extends StackProps {
  readonly config: AppConfig;
  readonly artifactBucket: IBucket;
  readonly goldenBucket: IBucket;
  readonly monitoringBucket: IBucket;
  readonly rolloutTable: RolloutTableRef;
  readonly retrainingTable: RetrainingTableRef;
  readonly production: ServingEnvironment;
  readonly notices: Notices;
}

/** What closes the loop: monitors of production, and the triggers that start runs of the pipeline. */
export class RetrainingStack extends Stack {
  constructor(scope: Construct, id: string, props: RetrainingStackProps) {
    super(scope, id, props);
    const { application, triggers } = props.config;
    new Triggers(this, 'Triggers', {
      application,
      pipelineName: pipelineName(application),
      table: props.retrainingTable,
      goldenBucket: props.goldenBucket,
      triggers,
    });
    const monitored: MonitorProps = {
      application,
      endpointName: props.production.endpointName,
      artifactBucket: props.artifactBucket,
      monitoringBucket: props.monitoringBucket,
      rolloutTable: props.rolloutTable,
      retrainingTable: props.retrainingTable,
    };
    new DriftMonitor(this, 'DriftMonitor', monitored);
    new LabelMonitor(this, 'LabelMonitor', monitored);
    if (triggers.webhook.enabled) {
      new Webhook(this, 'Webhook', {
        application,
        table: props.retrainingTable,
        webhook: triggers.webhook,
        callers: triggers.webhook.callerRoles.map((arn, index) => Role.fromRoleArn(this, `Caller${index}`, arn)),
      });
    }
    // What closes the loop works unseen; that it does not has to be said.
    const alarms = this.node.findAll().filter((construct) => construct instanceof Alarm);
    props.notices.watchAlarms(this, 'AlarmRaised', alarms);
    const location: RetrainingLocation = {
      pipelineName: pipelineName(application),
      table: props.retrainingTable.tableName,
      policy: retrainingPolicy(triggers),
      artifactBucket: props.artifactBucket.bucketName,
      goldenBucket: props.goldenBucket.bucketName,
      monitoringBucket: props.monitoringBucket.bucketName,
    };
    new StringParameter(this, 'Location', {
      parameterName: retrainingParameter(application),
      description: `Where the command line finds triggers and monitors of ${application}`,
      stringValue: this.toJsonString(location),
    });
  }
}
