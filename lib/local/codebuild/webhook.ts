import { isObject, type Json } from '../engine/json';

/** One condition of a filter group. */
interface Filter {
  readonly type: FilterType;
  readonly pattern: string;
  readonly exclude: boolean;
}

const FILTER_TYPES = ['EVENT', 'BASE_REF', 'HEAD_REF'] as const;
type FilterType = (typeof FILTER_TYPES)[number];

/** What happened at the Git host. */
export type WebhookEvent = Readonly<Record<FilterType, string>>;

const APPROVALS = ['DISABLED', 'ALL_PULL_REQUESTS', 'FORK_PULL_REQUESTS'] as const;

/** When a project builds by itself. */
export interface Webhook {
  /** A build is started when all filters of one of the groups match. */
  readonly groups: readonly (readonly Filter[])[];
  /** Whose pull requests wait for a comment of somebody who may approve them. */
  readonly approval: (typeof APPROVALS)[number];
}

/** Reads `Triggers` of AWS::CodeBuild::Project; undefined where it has no webhook. @throws Error naming what is not supported */
export function readWebhook(triggers: unknown): Webhook | undefined {
  if (!isObject(triggers) || String(triggers.Webhook) !== 'true') return undefined;
  const unknown = Object.keys(triggers).filter(
    (name) => !['Webhook', 'FilterGroups', 'PullRequestBuildPolicy', 'BuildType'].includes(name),
  );
  if (unknown.length > 0) throw new Error(`Triggers.${unknown.join(', Triggers.')} is not supported`);
  if (String(triggers.BuildType ?? 'BUILD') !== 'BUILD')
    throw new Error(`Triggers.BuildType ${String(triggers.BuildType)} is not supported; supported is BUILD`);
  const groups = list(triggers.FilterGroups).map((group) => list(group).map(readFilter));
  const policy = isObject(triggers.PullRequestBuildPolicy) ? triggers.PullRequestBuildPolicy : {};
  const approval = APPROVALS.find((known) => known === String(policy.RequiresCommentApproval ?? 'DISABLED'));
  if (approval === undefined) {
    throw new Error(`PullRequestBuildPolicy.RequiresCommentApproval is one of ${APPROVALS.join(', ')}`);
  }
  return { groups, approval };
}

function readFilter(filter: unknown): Filter {
  const { Type, Pattern, ExcludeMatchedPattern }: Json = isObject(filter) ? filter : {};
  const type = FILTER_TYPES.find((known) => known === Type);
  if (type === undefined) {
    throw new Error(`the webhook filter ${String(Type)} is not supported; supported are ${FILTER_TYPES.join(', ')}`);
  }
  return { type, pattern: String(Pattern), exclude: String(ExcludeMatchedPattern ?? false) === 'true' };
}

/** Whether the webhook starts a build for the event. Patterns are searched for, as CodeBuild does; events are listed. */
export function startsBuild({ groups }: Webhook, event: WebhookEvent): boolean {
  return groups.some((group) => group.every((filter) => matches(filter, event[filter.type]) !== filter.exclude));
}

const matches = ({ type, pattern }: Filter, value: string): boolean =>
  type === 'EVENT' ? pattern.split(',').some((name) => name.trim() === value) : new RegExp(pattern).test(value);

const list = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);
