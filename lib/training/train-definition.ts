import { Duration } from 'aws-cdk-lib';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import {
  Choice,
  Condition,
  CustomState,
  Fail,
  type IChainable,
  type INextable,
  Parallel,
  Pass,
  Succeed,
  TaskInput,
} from 'aws-cdk-lib/aws-stepfunctions';
import { LambdaInvoke } from 'aws-cdk-lib/aws-stepfunctions-tasks';
import type { Construct } from 'constructs';
import type { PrepareInput, RecordInput } from './contract';
import { reasonOfFailedJob, reasonOfFailedLambda } from './failure-reason';

export interface TrainDefinitionProps {
  readonly prepare: IFunction;
  readonly record: IFunction;
  /** Upper bound of a training job. */
  readonly maxRuntime: Duration;
}

const TRAINING = '$plan.trainingJob.TrainingJobName';

/** Time for provisioning, downloads and uploads around a job's own runtime. */
const OVERHEAD = Duration.minutes(30);
const TRANSFORM_TIMEOUT = Duration.hours(2);

/** Throttling and full capacity pass by themselves; nothing else is worth another job. */
const RETRY_CAPACITY = [
  {
    ErrorEquals: [
      'SageMaker.ThrottlingException',
      'SageMaker.ResourceLimitExceeded',
      'SageMaker.ResourceLimitExceededException',
    ],
    IntervalSeconds: 30,
    MaxAttempts: 4,
    BackoffRate: 2,
    JitterStrategy: 'FULL',
  },
  // What SageMaker's own errors are called when they are not modelled: throttling, but also refusals. Hence few and soon.
  { ErrorEquals: ['SageMaker.AmazonSageMakerException'], IntervalSeconds: 5, MaxAttempts: 2, BackoffRate: 2 },
];

/** Prepare → training job → model → transforms: the holdout by challenger and champion, the behaviour gate's rows → Record. */
export function trainDefinition(scope: Construct, props: TrainDefinitionProps): IChainable {
  const trained = sagemakerTask(scope, 'TrainingJob', {
    resource: 'createTrainingJob.sync',
    arguments: '{% $plan.trainingJob %}',
    timeout: props.maxRuntime.plus(OVERHEAD),
    assign: { training: '{% $states.result %}' },
    failure: reasonOfFailedJob(`'training job ' & ${TRAINING}`),
  });
  const model = createModel(scope, 'CreateModel', '$plan.model');
  const transforms = Parallel.jsonata(scope, 'Transforms', {
    outputs: {},
    assign: { probesFailure: '{% $states.result[0].failure ? $states.result[0].failure : null %}' },
  })
    .branch(probesBranch(scope))
    .branch(transform(scope, 'TransformByChallenger', '$plan.challenger'))
    .branch(championBranch(scope));
  return prepare(scope, props.prepare).next(trained).next(model).next(transforms).next(record(scope, props.record));
}

function prepare(scope: Construct, handler: IFunction) {
  const payload: Record<keyof PrepareInput, string> = {
    runId: '{% $states.input.runId %}',
    executionName: '{% $states.context.Execution.Name %}',
  };
  const task = LambdaInvoke.jsonata(scope, 'Prepare', {
    lambdaFunction: handler,
    payload: TaskInput.fromObject(payload),
    assign: { plan: '{% $states.result.Payload %}', runId: '{% $states.input.runId %}' },
    outputs: {},
  });
  return task.addCatch(failState(scope, 'PrepareFailed', reasonOfFailedLambda('preparing the training job')));
}

function record(scope: Construct, handler: IFunction) {
  const payload: Record<keyof RecordInput, string> = {
    runId: '{% $runId %}',
    trainingJobName: `{% ${TRAINING} %}`,
    trainingJobArn: '{% $training.TrainingJobArn %}',
    trainingSeconds: '{% $training.TrainingTimeInSeconds %}',
    modelName: '{% $plan.model.ModelName %}',
    modelDataUrl: '{% $training.ModelArtifacts.S3ModelArtifacts %}',
    containerEnvironment: '{% $plan.model.PrimaryContainer.Environment %}',
    challengerPredictionsUri: '{% $plan.challengerPredictionsUri %}',
    champion: '{% $plan.champion %}',
    championPredictionsUri: '{% $plan.championPredictionsUri %}',
    probesFailure: '{% $probesFailure %}',
  };
  const task = LambdaInvoke.jsonata(scope, 'Record', {
    lambdaFunction: handler,
    payload: TaskInput.fromObject(payload),
    outputs: '{% $states.result.Payload %}',
  });
  return task.addCatch(failState(scope, 'RecordFailed', reasonOfFailedLambda('recording the training')));
}

/** There is no champion before the first release. */
function championBranch(scope: Construct): IChainable {
  return Choice.jsonata(scope, 'ChampionServes')
    .when(
      Condition.jsonata("{% $type($plan.championTransform) = 'object' %}"),
      createModel(scope, 'CreateChampionModel', '$plan.championModel').next(
        transform(scope, 'TransformByChampion', '$plan.championTransform'),
      ),
    )
    .otherwise(Pass.jsonata(scope, 'NoChampion', { outputs: {} }).next(Succeed.jsonata(scope, 'NothingToCompare')));
}

/**
 * Rows that are changed on purpose may be too much for a model. That is for the behaviour gate to judge: the run goes on, with
 * the reason in `training.json`.
 */
function probesBranch(scope: Construct): IChainable {
  const goOn = (id: string, failure: string) => Pass.jsonata(scope, id, { outputs: { failure: `{% ${failure} %}` } });
  const model = createModel(scope, 'CreateProbesModel', '$plan.probesModel', goOn);
  return Choice.jsonata(scope, 'ProbesAreAsked')
    .when(
      Condition.jsonata("{% $type($plan.probesTransform) = 'object' %}"),
      model.next(transform(scope, 'TransformProbes', '$plan.probesTransform', goOn)),
    )
    .otherwise(Succeed.jsonata(scope, 'NothingToAsk', { outputs: {} }));
}

function createModel(scope: Construct, id: string, args: string, onFailure?: OnFailure): CustomState {
  return sagemakerTask(scope, id, {
    resource: 'createModel',
    arguments: `{% ${args} %}`,
    timeout: Duration.minutes(5),
    failure: reasonOfFailedJob(`'creating the model ' & ${args}.ModelName`),
    onFailure,
  });
}

function transform(scope: Construct, id: string, args: string, onFailure?: OnFailure): INextable & IChainable {
  return sagemakerTask(scope, id, {
    resource: 'createTransformJob.sync',
    arguments: `{% ${args} %}`,
    timeout: TRANSFORM_TIMEOUT,
    failure: reasonOfFailedJob(`'batch transform ' & ${args}.TransformJobName`),
    onFailure,
  });
}

/** The state after a failure. @param cause JSONata */
type OnFailure = (id: string, cause: string) => IChainable;

interface SagemakerTask {
  readonly resource: string;
  readonly arguments: string;
  readonly timeout: Duration;
  readonly assign?: Readonly<Record<string, string>>;
  /** JSONata of the failed execution's cause. */
  readonly failure: string;
  /** @default the execution fails */
  readonly onFailure?: OnFailure | undefined;
}

/** The arguments come complete from Prepare, so the task is written as it is in the States Language. */
function sagemakerTask(scope: Construct, id: string, task: SagemakerTask): CustomState {
  const fails = (name: string, cause: string) => failState(scope, name, cause);
  return new CustomState(scope, id, {
    stateJson: {
      Type: 'Task',
      Resource: `arn:aws:states:::sagemaker:${task.resource}`,
      Arguments: task.arguments,
      TimeoutSeconds: task.timeout.toSeconds(),
      Retry: RETRY_CAPACITY,
      Output: {},
      ...(task.assign === undefined ? {} : { Assign: task.assign }),
    },
  }).addCatch((task.onFailure ?? fails)(`${id}Failed`, task.failure), { errors: ['States.ALL'] });
}

function failState(scope: Construct, id: string, cause: string): Fail {
  return Fail.jsonata(scope, id, { error: id, cause: `{% ${cause} %}` });
}
