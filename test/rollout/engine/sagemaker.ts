import type { EngineContext } from '../../../lib/local/engine/ports';
import { AwsError, type GatewayRequest, type GatewayResponse } from '../../../lib/local/gateway/service';
import { createSageMaker, type SageMakerService } from '../../../lib/local/sagemaker';
import type { EndpointRecord } from '../../../lib/local/sagemaker/endpoints/record';
import type { ModelRecord } from '../../../lib/local/sagemaker/models';
import { type Behaviour, container, HEALTHY } from './model';
import type { Minute } from './surroundings';

export const ENDPOINT = 'churn-production';

/**
 * The one-machine engine's SageMaker of one test: its models run without processes and behave as told, and calls fail
 * when told.
 */
export class TestSageMaker {
  /** By release. @default healthy */
  readonly behaviours = new Map<number, Behaviour>();
  /** An error for a call, by operation and input. @default none */
  fault: (operation: string, input: Readonly<Record<string, unknown>>) => Error | undefined = () => undefined;
  /** A status that DescribeEndpoint shows in place of the real one. @default none */
  describeAs: (endpoint: string) => string | undefined = () => undefined;
  /** Changes of weights that were taken. */
  readonly weightChanges: string[] = [];
  private readonly service: SageMakerService;
  private random = 0;

  constructor(private readonly context: EngineContext) {
    this.service = createSageMaker(context, {
      random: () => this.nextRandom(),
      launch: async (_core, model) => this.launch(model.modelDataUrl),
    });
  }

  /** Starts what the saved state says. */
  restore(): Promise<void> {
    return this.service.restore();
  }

  close(): Promise<void> {
    return this.service.close();
  }

  async answer(request: GatewayRequest): Promise<GatewayResponse> {
    const operation = request.headers['x-amz-target']?.split('.')[1];
    if (operation === undefined) return this.handle(request);
    const input = JSON.parse(request.body.toString()) as Readonly<Record<string, unknown>>;
    const fault = this.fault(operation, input);
    if (fault !== undefined) throw fault;
    const answer = await this.handle(request);
    if (operation === 'UpdateEndpointWeightsAndCapacities') this.weightChanges.push(describe(input));
    const shown = operation === 'DescribeEndpoint' ? this.describeAs(String(input.EndpointName)) : undefined;
    if (shown === undefined) return answer;
    return { ...answer, body: JSON.stringify({ ...JSON.parse(String(answer.body)), EndpointStatus: shown }) };
  }

  endpoint(name = ENDPOINT): EndpointRecord | undefined {
    return this.rows<EndpointRecord>('endpoints').get(name);
  }

  /** Which release each variant has, with its weight: `{ blue: '1 at 100' }`. */
  traffic(name = ENDPOINT): Readonly<Record<string, string>> {
    const variants = this.endpoint(name)?.variants ?? [];
    return Object.fromEntries(
      variants.map((each) => [each.name, `${versionOf(each.container.modelDataUrl)} at ${each.weight}`]),
    );
  }

  /** Names of an endpoint's configurations, and releases of its models. */
  partsOf(name = ENDPOINT): { readonly configs: readonly string[]; readonly models: readonly string[] } {
    const mine = (each: string) => each.startsWith(name);
    return {
      configs: [...this.rows('endpoint-configs').keys()].filter(mine),
      models: [...this.rows<ModelRecord>('models').values()]
        .filter(({ input }) => mine(input.ModelName))
        .map(({ container: { modelDataUrl } }) => String(versionOf(modelDataUrl)))
        .sort(),
    };
  }

  /** What a variant of production shows in each minute; undefined without the variant, and for one without data. */
  minuteOf(variant: string): Minute | undefined {
    const url = this.endpoint()?.variants.find(({ name }) => name === variant)?.container.modelDataUrl;
    if (url === undefined) return undefined;
    const { minute = HEALTHY } = this.behaviours.get(versionOf(url)) ?? {};
    return minute ?? undefined;
  }

  private async handle(request: GatewayRequest): Promise<GatewayResponse> {
    const handler = this.service.handlers.find(({ services }) => services.includes('sagemaker'));
    if (handler === undefined) throw new AwsError('ServiceUnavailable', 'no SageMaker', 503);
    return handler.handle(request);
  }

  private async launch(modelDataUrl: string) {
    const version = versionOf(modelDataUrl);
    const behaviour = () => this.behaviours.get(version) ?? {};
    if (behaviour().starts === false) throw new Error('the container exited with code 1');
    return container(behaviour);
  }

  /** Spread evenly, and the same in every test. */
  private nextRandom(): number {
    this.random = (this.random + 0.6180339887498949) % 1;
    return this.random;
  }

  private rows<T>(table: string): Map<string, T> {
    return new Map(this.context.state.read<[string, T][]>(`sagemaker-${table}`) ?? []);
  }
}

const versionOf = (modelDataUrl: string): number => Number(/models\/(\d+)\//.exec(modelDataUrl)?.[1]);

function describe({ DesiredWeightsAndCapacities: desired }: Readonly<Record<string, unknown>>): string {
  const weights = desired as readonly { VariantName: string; DesiredWeight: number }[];
  return weights.map(({ VariantName, DesiredWeight }) => `${VariantName} ${DesiredWeight}`).join(', ');
}
