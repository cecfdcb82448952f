/** Autoscaling of one variant, in the words of Application Auto Scaling. */
export interface ScalingTarget {
  readonly variant: string;
  readonly minCapacity: number;
  readonly maxCapacity: number;
  /** Kinds of scaling that are switched off. @default - none */
  readonly suspended?: Readonly<Record<string, boolean>>;
  /** Arguments of PutScalingPolicy, without the resource. */
  readonly policies: readonly Readonly<Record<string, unknown>>[];
  /** Arguments of PutScheduledAction, without the resource; times are ISO 8601. */
  readonly schedules: readonly Readonly<Record<string, unknown>>[];
}

/**
 * The autoscaling that a variant gets: its own from before or, where it is new, that of the variant that had one. A
 * policy on the team's own metric follows to the new variant.
 */
export function scalingFor(targets: readonly ScalingTarget[], variant: string): ScalingTarget | undefined {
  const own = targets.find((target) => target.variant === variant);
  if (own !== undefined) return own;
  const [model] = targets;
  if (model === undefined) return undefined;
  return { ...model, variant, policies: model.policies.map((policy) => followed(policy, model.variant, variant)) };
}

/** Every dimension `VariantName` that names `from` names `to` instead. */
function followed<T>(value: T, from: string, to: string): T {
  if (Array.isArray(value)) return value.map((entry) => followed(entry, from, to)) as T;
  if (typeof value !== 'object' || value === null) return value;
  const members = Object.entries(value).map(([key, member]) => [key, followed(member, from, to)] as const);
  const copy: Record<string, unknown> = Object.fromEntries(members);
  return (copy.Name === 'VariantName' && copy.Value === from ? { ...copy, Value: to } : copy) as T;
}
