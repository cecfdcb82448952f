/** The two variants of an endpoint alternate: a new release takes the name that does not serve. */
export type VariantName = 'blue' | 'green';

export const VARIANTS: readonly VariantName[] = ['blue', 'green'];

export const otherVariant = (name: string): VariantName => (name === 'blue' ? 'green' : 'blue');

/** What DescribeEndpoint says about one variant. */
export interface VariantState {
  readonly name: string;
  /** Weight that applies now; the share of traffic is weight ÷ sum of weights. */
  readonly weight: number;
  readonly instanceCount: number;
}

/** An endpoint as it is. A missing endpoint is `undefined`. */
export interface EndpointState {
  readonly name: string;
  /** SageMaker's own word: InService, Updating, Failed, … */
  readonly status: string;
  readonly configName: string;
  readonly failureReason?: string;
  readonly variants: readonly VariantState[];
}

/** One production variant of an endpoint configuration. */
export interface VariantSpec {
  readonly name: VariantName;
  readonly modelName: string;
  readonly instanceType: string;
  readonly instanceCount: number;
  readonly weight: number;
}

export interface FleetSpec {
  readonly configName: string;
  readonly variants: readonly VariantSpec[];
}

/** Weight by variant name. */
export type Weights = Readonly<Record<string, number>>;

/** The variant that serves: the one with the greatest weight. `undefined` when no variant has any weight. */
export function servingVariant(endpoint: EndpointState): VariantState | undefined {
  const [first, ...rest] = endpoint.variants;
  if (first === undefined) return undefined;
  const greatest = rest.reduce((best, next) => (next.weight > best.weight ? next : best), first);
  return greatest.weight > 0 ? greatest : undefined;
}

/** Do the endpoint's variants get the traffic shares that `weights` asks for? Variants it lacks are left out. */
export function sharesMatch(endpoint: EndpointState, weights: Weights): boolean {
  const asked = endpoint.variants.map((variant) => weights[variant.name] ?? 0);
  const actual = endpoint.variants.map((variant) => variant.weight);
  const [askedSum, actualSum] = [sum(asked), sum(actual)];
  if (askedSum <= 0 || actualSum <= 0) return false;
  return asked.every((weight, i) => Math.abs(weight / askedSum - (actual[i] ?? 0) / actualSum) < 1e-6);
}

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
