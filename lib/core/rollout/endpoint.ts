import type { CaptureSpec } from './capture';

/** The two variants of an endpoint alternate: a new release takes the name that does not serve. */
export type VariantName = 'blue' | 'green';

export const VARIANTS: readonly VariantName[] = ['blue', 'green'];

export const isVariantName = (name: string): name is VariantName => name === 'blue' || name === 'green';

export const otherVariant = (name: string): VariantName => (name === 'blue' ? 'green' : 'blue');

/** What DescribeEndpoint says about one variant. */
export interface VariantState {
  readonly name: string;
  /** Weight that applies now; the share of traffic is weight ÷ sum of weights. */
  readonly weight: number;
  /** Weight that was asked for; differs from `weight` while a change is under way. @default - `weight` */
  readonly desiredWeight?: number;
  /** Instances that the variant is to have. */
  readonly instanceCount: number;
  /** Instances that it has. @default - `instanceCount` */
  readonly currentInstanceCount?: number;
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
  /** @default - nothing is captured */
  readonly capture?: CaptureSpec;
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

/** The share of traffic that a variant has, from 0 to 1; 0 for one that is not there. */
export function shareOf({ variants }: EndpointState, name: string): number {
  const total = sum(variants.map(({ weight }) => weight));
  return total > 0 ? (variants.find((variant) => variant.name === name)?.weight ?? 0) / total : 0;
}

/** What has not arrived yet although the endpoint is in service, in words; `undefined` when all has. */
export function unsettled({ variants }: EndpointState): string | undefined {
  for (const {
    name,
    weight,
    desiredWeight = weight,
    instanceCount,
    currentInstanceCount = instanceCount,
  } of variants) {
    if (weight !== desiredWeight) return `variant ${name} has weight ${weight} and is to have ${desiredWeight}`;
    if (currentInstanceCount < instanceCount) {
      return `variant ${name} has ${currentInstanceCount} of ${instanceCount} instances`;
    }
  }
  return undefined;
}

/** Statuses that pass by themselves: the endpoint takes no change while it has one of them. */
export const PASSING: readonly string[] = ['Creating', 'Updating', 'SystemUpdating', 'RollingBack', 'Deleting'];

/** Do the endpoint's variants get the traffic shares that `weights` asks for? Variants it lacks are left out. */
export function sharesMatch(endpoint: EndpointState, weights: Weights): boolean {
  const asked = endpoint.variants.map((variant) => weights[variant.name] ?? 0);
  const actual = endpoint.variants.map((variant) => variant.weight);
  const [askedSum, actualSum] = [sum(asked), sum(actual)];
  if (askedSum <= 0 || actualSum <= 0) return false;
  return asked.every((weight, i) => Math.abs(weight / askedSum - (actual[i] ?? 0) / actualSum) < 1e-6);
}

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
