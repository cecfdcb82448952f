import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Readable } from 'node:stream';
import { json } from 'node:stream/consumers';
import {
  CloudWatchClient,
  DescribeAlarmsCommand,
  GetMetricDataCommand,
  type MetricDataQuery,
  type StateValue,
} from '@aws-sdk/client-cloudwatch';
import { GetObjectCommand, NoSuchKey, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import {
  CreateEndpointCommand,
  CreateEndpointConfigCommand,
  type CreateEndpointConfigCommandInput,
  CreateModelCommand,
  type CreateModelCommandInput,
  DeleteEndpointCommand,
  DescribeEndpointCommand,
  DescribeEndpointConfigCommand,
  DescribeModelCommand,
  DescribeModelPackageCommand,
  SageMakerClient,
  SageMakerServiceException,
  UpdateEndpointCommand,
  UpdateEndpointWeightsAndCapacitiesCommand,
  UpdateModelPackageCommand,
} from '@aws-sdk/client-sagemaker';
import { sdkStreamMixin } from '@smithy/core/serde';
import { mockClient } from 'aws-sdk-client-mock';
import { ROLLOUT_ENV } from '../../lib/rollout/contract';
import { RUN, runFiles } from './run-fixture';

/** The error that the SDK throws for everything SageMaker refuses: its own class, with an unmodelled name. */
export const validation = (message: string): SageMakerServiceException =>
  new SageMakerServiceException({ name: 'ValidationException', $fault: 'client', $metadata: {}, message });

interface Variant {
  readonly name: string;
  readonly model: string;
  weight: number;
}

interface Endpoint {
  status: string;
  config: string;
  failureReason?: string;
  variants: Variant[];
  /** Describes until a change is done. */
  busy: number;
  settle: () => void;
}

/** How a model behaves behind the endpoint. */
export interface Behaviour {
  readonly answer?: (row: Readonly<Record<string, unknown>>) => unknown;
  readonly fails?: boolean;
  /** What CloudWatch shows per look; `undefined` shows nothing. */
  readonly metrics?: { readonly requests: number; readonly errors: number; readonly micros: number } | undefined;
}

const HEALTHY: Behaviour = { metrics: { requests: 200, errors: 0, micros: 20_000 } };
/**
 * SageMaker, S3 and CloudWatch as far as rollouts use them, behind the real SDK clients: changes take a few looks,
 * requests during a change are refused, and a test can make a change fail or a model misbehave.
 */
export class World {
  endpoint: Endpoint | undefined;
  readonly packages = new Map<string, { status: string; description?: string }>();
  readonly behaviours = new Map<string, Behaviour>();
  readonly objects = new Map<string, string>();
  readonly alarms = new Map<string, StateValue>();
  /** How a model behaves that no package names, e.g. in staging. */
  answer: NonNullable<Behaviour['answer']> = (row) => ({ score: row.x });
  modelFails = false;
  /** Changes that SageMaker undoes by itself, by configuration name or `*`. */
  undo: string | undefined;
  /** Who answers, whatever variant was asked for. */
  servedBy: string | undefined;
  /** Target variants of the requests that endpoints got. */
  readonly requests: (string | undefined)[] = [];
  /** Refuses this many weight changes as in progress. */
  refuseWeights = 0;
  readonly calls: string[] = [];
  private readonly models = new Map<string, CreateModelCommandInput>();
  private readonly configs = new Map<string, CreateEndpointConfigCommandInput>();
  private readonly sagemaker = mockClient(SageMakerClient);
  private readonly s3 = mockClient(S3Client);
  private readonly cloudwatch = mockClient(CloudWatchClient);
  /** The endpoints themselves: requests to them go over the wire. */
  private readonly runtime: Server = createServer((request, response) => void this.invoked(request, response));

  constructor(canary: object = {}, serving: object = {}) {
    // Without a host name the port is there at once.
    this.runtime.listen(0);
    Object.assign(process.env, {
      AWS_ENDPOINT_URL_SAGEMAKER_RUNTIME: `http://localhost:${(this.runtime.address() as AddressInfo).port}`,
      AWS_ACCESS_KEY_ID: 'test',
      AWS_SECRET_ACCESS_KEY: 'test',
    });
    this.wireSageMaker();
    this.wireEndpoint();
    this.wireRest();
    for (const [key, text] of runFiles(canary, serving)) this.objects.set(`runs/${RUN}/${key}`, text);
    process.env[ROLLOUT_ENV.alarms] = JSON.stringify({ blue: ['blue-errors'], green: ['green-errors'] });
    for (const name of ['blue-errors', 'green-errors']) this.alarms.set(name, 'OK');
  }

  close(): void {
    for (const mock of [this.sagemaker, this.s3, this.cloudwatch]) mock.restore();
    this.runtime.closeAllConnections();
    this.runtime.close();
  }

  /** The package a variant serves, with its weight: `blue: 3 at 100`. */
  get traffic(): Readonly<Record<string, string>> {
    const entries = (this.endpoint?.variants ?? []).map(({ name, model, weight }) => {
      const arn = this.models.get(model)?.PrimaryContainer?.ModelPackageName ?? model;
      return [name, `${arn.split('/').at(-1)} at ${weight}`] as const;
    });
    return Object.fromEntries(entries);
  }

  document(key: string): Record<string, unknown> {
    return JSON.parse(this.objects.get(`runs/${RUN}/${key}`) ?? 'null') as Record<string, unknown>;
  }

  private wireSageMaker(): void {
    const { sagemaker, models, configs } = this;
    sagemaker.on(CreateModelCommand).callsFake((input: CreateModelCommandInput) => {
      if (models.has(input.ModelName ?? ''))
        throw validation(`Cannot create already existing model "${input.ModelName}".`);
      models.set(input.ModelName ?? '', input);
      return {};
    });
    sagemaker.on(DescribeModelCommand).callsFake(({ ModelName }) => models.get(ModelName));
    sagemaker.on(CreateEndpointConfigCommand).callsFake((input: CreateEndpointConfigCommandInput) => {
      const name = input.EndpointConfigName ?? '';
      if (configs.has(name)) throw validation(`Cannot create already existing endpoint configuration "${name}".`);
      configs.set(name, input);
      return {};
    });
    sagemaker.on(DescribeEndpointConfigCommand).callsFake(({ EndpointConfigName }) => configs.get(EndpointConfigName));
    sagemaker.on(DescribeModelPackageCommand).callsFake(({ ModelPackageName }) => {
      const { status, description } = this.packages.get(ModelPackageName) ?? { status: 'Approved' };
      const container = { Image: 'image', ModelDataUrl: 's3://b/model.tar.gz', Environment: { A: '1' } };
      return {
        ModelPackageArn: ModelPackageName,
        ModelApprovalStatus: status,
        ...(description === undefined ? {} : { ApprovalDescription: description }),
        InferenceSpecification: { Containers: [container] },
      };
    });
    sagemaker.on(UpdateModelPackageCommand).callsFake((input) => {
      const description = input.ApprovalDescription;
      this.packages.set(input.ModelPackageArn, { status: input.ModelApprovalStatus, description });
      return {};
    });
  }

  private wireEndpoint(): void {
    const { sagemaker } = this;
    sagemaker.on(DescribeEndpointCommand).callsFake(() => this.describe());
    sagemaker.on(CreateEndpointCommand).callsFake(({ EndpointConfigName }) => {
      this.endpoint = {
        status: 'Creating',
        config: EndpointConfigName,
        variants: [],
        busy: 0,
        settle: () => undefined,
      };
      this.change('Creating', () => this.adopt(EndpointConfigName));
      return {};
    });
    sagemaker.on(UpdateEndpointCommand).callsFake(({ EndpointConfigName }) => {
      this.refuseIfBusy();
      this.change('Updating', () => this.adopt(EndpointConfigName));
      return {};
    });
    sagemaker.on(UpdateEndpointWeightsAndCapacitiesCommand).callsFake(({ DesiredWeightsAndCapacities: desired }) => {
      this.refuseIfBusy();
      if (this.refuseWeights > 0) {
        this.refuseWeights -= 1;
        throw validation('Cannot update in-progress endpoint "arn".');
      }
      this.calls.push(
        desired
          .map((d: { VariantName: string; DesiredWeight: number }) => `${d.VariantName} ${d.DesiredWeight}`)
          .join(', '),
      );
      this.change('Updating', () => {
        for (const { VariantName, DesiredWeight } of desired) {
          const variant = this.endpoint?.variants.find((v) => v.name === VariantName);
          if (variant !== undefined) variant.weight = DesiredWeight;
        }
      });
      return {};
    });
    sagemaker.on(DeleteEndpointCommand).callsFake(() => {
      this.refuseIfBusy();
      this.endpoint = undefined;
      return {};
    });
  }

  private refuseIfBusy(): void {
    if ((this.endpoint?.busy ?? 0) > 0) throw validation('Cannot update in-progress endpoint "arn".');
  }

  private change(status: string, settle: () => void): void {
    if (this.endpoint === undefined) throw validation('Could not find endpoint "arn".');
    Object.assign(this.endpoint, { status, busy: 2, settle });
  }

  private adopt(config: string): void {
    const { endpoint } = this;
    if (endpoint === undefined) return;
    if (this.undo === config || this.undo === '*') {
      this.undo = undefined;
      endpoint.failureReason = 'Unable to provision requested ML compute capacity';
      if (endpoint.variants.length === 0) endpoint.status = 'Failed';
      return;
    }
    endpoint.config = config;
    endpoint.variants = (this.configs.get(config)?.ProductionVariants ?? []).map((variant) => ({
      name: variant.VariantName ?? '',
      model: variant.ModelName ?? '',
      weight: variant.InitialVariantWeight ?? 1,
    }));
  }

  private describe(): object {
    const { endpoint } = this;
    if (endpoint === undefined) throw validation('Could not find endpoint "arn".');
    if (endpoint.busy > 0) {
      endpoint.busy -= 1;
      if (endpoint.busy === 0) {
        endpoint.status = 'InService';
        endpoint.settle();
      }
    }
    return {
      EndpointStatus: endpoint.status,
      EndpointConfigName: endpoint.config,
      FailureReason: endpoint.failureReason,
      ProductionVariants: endpoint.variants.map(({ name, weight }) => ({
        VariantName: name,
        CurrentWeight: weight,
        DesiredInstanceCount: 1,
      })),
    };
  }

  private behaviourOf(variantName: string): Behaviour {
    const variant = this.endpoint?.variants.find((v) => v.name === variantName);
    const arn = this.models.get(variant?.model ?? '')?.PrimaryContainer?.ModelPackageName ?? '';
    return this.behaviours.get(arn) ?? HEALTHY;
  }

  /** `POST /endpoints/<name>/invocations`, with the status and headers of SageMaker. */
  private async invoked(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { instances } = (await json(request)) as { instances: Record<string, unknown>[] };
    const target = request.headers['x-amzn-sagemaker-target-variant']?.toString();
    this.requests.push(target);
    const variant = target ?? 'blue';
    const { fails = this.modelFails, answer = this.answer } = this.behaviourOf(variant);
    if (fails === true) {
      response.writeHead(424, { 'x-amzn-errortype': 'ModelError' });
      const message = 'Received server error';
      response.end(JSON.stringify({ message, OriginalStatusCode: 500, OriginalMessage: 'KeyError: tenure' }));
      return;
    }
    response.writeHead(200, {
      'content-type': 'application/json',
      'x-amzn-invoked-production-variant': this.servedBy ?? variant,
    });
    response.end(JSON.stringify({ predictions: instances.map(answer) }));
  }

  private wireRest(): void {
    this.s3.on(GetObjectCommand).callsFake(({ Key }) => {
      const text = this.objects.get(Key);
      if (text === undefined) throw new NoSuchKey({ $metadata: {}, message: 'The specified key does not exist.' });
      return { Body: sdkStreamMixin(Readable.from([Buffer.from(text)])) };
    });
    this.s3.on(PutObjectCommand).callsFake(({ Key, Body }) => {
      this.objects.set(Key, String(Body));
      return {};
    });
    this.cloudwatch.on(DescribeAlarmsCommand).callsFake(({ AlarmNames }) => ({
      MetricAlarms: AlarmNames.filter((name: string) => this.alarms.has(name)).map((name: string) => ({
        AlarmName: name,
        StateValue: this.alarms.get(name),
      })),
    }));
    this.cloudwatch.on(GetMetricDataCommand).callsFake(({ MetricDataQueries, StartTime }) => {
      const [query] = MetricDataQueries;
      const variant = query.MetricStat.Metric.Dimensions.find((d: { Name: string }) => d.Name === 'VariantName').Value;
      const { metrics = undefined } = 'metrics' in this.behaviourOf(variant) ? this.behaviourOf(variant) : HEALTHY;
      if (metrics === undefined) return { MetricDataResults: [] };
      const { requests, errors, micros } = metrics;
      const values: Readonly<Record<string, number>> = {
        requests,
        errors4xx: 0,
        errors5xx: errors,
        modelErrors: errors,
        timed: requests,
        ...trimmed(MetricDataQueries, requests, micros),
      };
      return {
        MetricDataResults: Object.entries(values).map(([Id, v]) => ({ Id, Timestamps: [StartTime], Values: [v] })),
      };
    });
  }
}

/** `TC(a:b)` of requests that all took as long. */
function trimmed(queries: readonly MetricDataQuery[], requests: number, micros: number): Record<string, number> {
  const bound = Number(/TC\(:(\d+)\)/.exec(queries.find(({ Id }) => Id === 'fast')?.MetricStat?.Stat ?? '')?.[1]);
  return micros > bound ? { slow: requests } : { fast: requests };
}
