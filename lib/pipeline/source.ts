import { Repository } from 'aws-cdk-lib/aws-codecommit';
import { type Artifact, type IAction, ProviderType, type TriggerProps } from 'aws-cdk-lib/aws-codepipeline';
import {
  CodeCommitSourceAction,
  CodeCommitTrigger,
  CodeStarConnectionsSourceAction,
  S3SourceAction,
  S3Trigger,
} from 'aws-cdk-lib/aws-codepipeline-actions';
import { AccountRootPrincipal, PolicyStatement, Role } from 'aws-cdk-lib/aws-iam';
import { Bucket } from 'aws-cdk-lib/aws-s3';
import type { Construct } from 'constructs';
import type { SourceConfig } from '../config/app';
import { ACTIONS } from './contract';

const NAMESPACE = 'Source';

/** Where pushes come from. */
export interface PipelineSource {
  readonly action: IAction;
  /** Reference to the commit id of a run, for the configuration of later actions. */
  readonly commit: string;
  /** Names for the release document; absent where the source has none. */
  readonly repository?: string;
  readonly branch?: string;
  /** @default - the source's own change detection */
  readonly triggers?: TriggerProps[];
}

export function pipelineSource(scope: Construct, config: SourceConfig, output: Artifact): PipelineSource {
  switch (config.type) {
    case 'connection':
      return connectionSource(scope, config, output);
    case 'codecommit':
      return codeCommitSource(scope, config, output);
    case 's3':
      return s3Source(scope, config, output);
  }
}

type Config<T extends SourceConfig['type']> = Extract<SourceConfig, { type: T }>;

function connectionSource(scope: Construct, config: Config<'connection'>, output: Artifact): PipelineSource {
  const names = config.repository.split('/');
  const repo = names.at(-1) ?? '';
  const role = sourceRole(scope);
  // The action prefix must match the ARN's, and the action itself grants only the older one.
  role.addToPolicy(
    new PolicyStatement({ actions: ['codeconnections:UseConnection'], resources: [config.connectionArn] }),
  );
  const action = new CodeStarConnectionsSourceAction({
    actionName: ACTIONS.source,
    connectionArn: config.connectionArn,
    owner: names.slice(0, -1).join('/'),
    repo,
    branch: config.branch,
    output,
    role,
    variablesNamespace: NAMESPACE,
    // The trigger below filters by branch; both together would start two runs.
    triggerOnPush: false,
  });
  return {
    action,
    commit: `#{${NAMESPACE}.CommitId}`,
    repository: config.repository,
    branch: config.branch,
    triggers: [
      {
        providerType: ProviderType.CODE_STAR_SOURCE_CONNECTION,
        gitConfiguration: { sourceAction: action, pushFilter: [{ branchesIncludes: [config.branch] }] },
      },
    ],
  };
}

function codeCommitSource(scope: Construct, config: Config<'codecommit'>, output: Artifact): PipelineSource {
  const action = new CodeCommitSourceAction({
    actionName: ACTIONS.source,
    repository: Repository.fromRepositoryName(scope, 'Repository', config.repository),
    branch: config.branch,
    trigger: CodeCommitTrigger.EVENTS,
    output,
    variablesNamespace: NAMESPACE,
  });
  return { action, commit: `#{${NAMESPACE}.CommitId}`, repository: config.repository, branch: config.branch };
}

function s3Source(scope: Construct, config: Config<'s3'>, output: Artifact): PipelineSource {
  const action = new S3SourceAction({
    actionName: ACTIONS.source,
    bucket: Bucket.fromBucketName(scope, 'SourceBucket', config.bucket),
    bucketKey: config.key,
    // Events would need a trail or a notification on a bucket that somebody else owns.
    trigger: S3Trigger.POLL,
    output,
    variablesNamespace: NAMESPACE,
  });
  return { action, commit: `#{${NAMESPACE}.VersionId}`, repository: `s3://${config.bucket}/${config.key}` };
}

/** Assumed by the pipeline's role, as the roles are that the CDK makes for actions. */
function sourceRole(scope: Construct): Role {
  return new Role(scope, 'SourceRole', {
    description: 'Fetches pushes through the connection',
    assumedBy: new AccountRootPrincipal(),
  });
}
