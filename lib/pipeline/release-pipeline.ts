import { Duration } from 'aws-cdk-lib';
import { Artifact, ExecutionMode, type IAction, Pipeline, PipelineType, Variable } from 'aws-cdk-lib/aws-codepipeline';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import type { IBucket } from 'aws-cdk-lib/aws-s3';
import type { IStateMachine } from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';
import type { AppConfig } from '../config/app';
import type { LakeScans } from '../golden-data/lake-scans';
import type { ModelRegistry } from '../model-registry/model-registry';
import type { Notices } from '../observability/notices';
import { PUSHED, TRIGGER_VARIABLE } from '../retraining/contract';
import { Builds } from './builds';
import { ACTIONS, BUILD_ENV, STAGES } from './contract';
import { pipelineName } from './names';
import { pipelineSource } from './source';
import { approve, build, execute, invoke, register, STAGE_INPUTS, stage } from './stages';

const TRIGGER = new Variable({
  variableName: TRIGGER_VARIABLE,
  description: 'Why the run was started: push, or a trigger',
  defaultValue: PUSHED,
});

export interface ReleasePipelineProps {
  readonly config: AppConfig;
  readonly artifactBucket: IBucket;
  readonly goldenBucket: IBucket;
  readonly lakeScans: LakeScans;
  readonly train: IStateMachine;
  readonly registry: ModelRegistry;
  readonly notices: Notices;
  readonly staging: { readonly stateMachine: IStateMachine; readonly endToEndFunction: IFunction };
  readonly production: { readonly stateMachine: IStateMachine };
}

/** From a push to production: nine stages, cheapest first; the first failure ends the run. */
export class ReleasePipeline extends Construct {
  readonly pipeline: Pipeline;

  constructor(
    scope: Construct,
    id: string,
    private readonly props: ReleasePipelineProps,
  ) {
    super(scope, id);
    const { config, artifactBucket } = props;
    const output = new Artifact('SourceArtifact');
    const source = pipelineSource(this, config.source, output);
    const builds = new Builds(this, 'Builds', { ...props, repository: source.repository, branch: source.branch });
    const step = { source: output, commit: source.commit };
    this.pipeline = new Pipeline(this, 'Pipeline', {
      pipelineName: pipelineName(config.application),
      pipelineType: PipelineType.V2,
      // Every push is released, one after the other: rollouts of one endpoint must not overtake each other.
      executionMode: ExecutionMode.QUEUED,
      variables: [TRIGGER],
      artifactBucket,
      crossAccountKeys: false,
      restartExecutionOnUpdate: false,
      ...(source.triggers === undefined ? {} : { triggers: source.triggers }),
    });
    this.pipeline.addStage(stage(STAGES.source, source.action));
    this.pipeline.addStage(
      stage(STAGES.codeTests, build({ actionName: ACTIONS.test, project: builds.codeTests, ...step })),
    );
    this.pipeline.addStage(
      stage(
        STAGES.dataTests,
        build({
          actionName: ACTIONS.gateData,
          project: builds.dataTests,
          ...step,
          variables: { [BUILD_ENV.trigger]: TRIGGER.reference() },
        }),
      ),
    );
    this.pipeline.addStage(stage(STAGES.train, execute(ACTIONS.train, props.train, STAGE_INPUTS.run)));
    this.pipeline.addStage(
      stage(
        STAGES.modelTests,
        build({ actionName: ACTIONS.evaluate, project: builds.modelTests, ...step }),
        invoke(ACTIONS.verdict, props.registry.verdict, STAGE_INPUTS.run, 2),
      ),
    );
    this.addReleaseStages();
    for (const project of [builds.codeTests, builds.dataTests, builds.modelTests]) props.notices.watchBuilds(project);
    for (const machine of [props.train, props.staging.stateMachine, props.production.stateMachine]) {
      props.notices.watchExecutions(machine);
    }
  }

  /** What happens to a model that passed: registered, tried in staging, approved where that is required, rolled out. */
  private addReleaseStages(): void {
    const { registry, staging, production } = this.props;
    this.pipeline.addStage(stage(STAGES.register, register(ACTIONS.register, registry.register)));
    this.pipeline.addStage(
      stage(
        STAGES.staging,
        execute(ACTIONS.deploy, staging.stateMachine, STAGE_INPUTS.release),
        invoke(ACTIONS.e2e, staging.endToEndFunction, STAGE_INPUTS.release, 2),
      ),
    );
    this.pipeline.addStage(
      stage(
        STAGES.approval,
        ...this.approval(),
        invoke(ACTIONS.recordApproval, registry.recordApproval, STAGE_INPUTS.release, 2),
      ),
    );
    this.pipeline.addStage(
      stage(STAGES.production, execute(ACTIONS.rollout, production.stateMachine, STAGE_INPUTS.release)),
    );
  }

  private approval(): readonly IAction[] {
    const { artifactBucket, notices } = this.props;
    const { required, timeoutHours } = this.props.config.environments.production.approval;
    if (!required) return [];
    const timeout = Duration.hours(timeoutHours);
    return [approve(this, { actionName: ACTIONS.approve, artifactBucket, topic: notices.topic, timeout })];
  }
}
