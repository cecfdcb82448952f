import type { LifecycleRule, TransitionStorageClass } from '@aws-sdk/client-s3';
import { isObject, type Json } from '../../engine/json';
import type { ResolvedResource } from '../../engine/ports';
import { defined, Properties } from '../properties';

/** Members of a lifecycle rule as CloudFormation spells them. */
const SUPPORTED = [
  'Id',
  'Status',
  'Prefix',
  'ExpirationInDays',
  'ExpiredObjectDeleteMarker',
  'NoncurrentVersionExpiration',
  'AbortIncompleteMultipartUpload',
  'Transitions',
  'NoncurrentVersionTransitions',
];

/** Lifecycle rules in the shape of the S3 API. They are stored, so that GetBucketLifecycleConfiguration answers; nothing expires here. */
export function lifecycleRules(resource: ResolvedResource): readonly LifecycleRule[] {
  const properties = new Properties(resource);
  const { Rules = [] } = properties.object('LifecycleConfiguration') ?? {};
  if (!Array.isArray(Rules)) throw properties.error('LifecycleConfiguration.Rules must be a list');
  return Rules.map((rule: unknown, index) => {
    if (!isObject(rule)) throw properties.error(`lifecycle rule ${index} must be an object`);
    const unknown = Object.keys(rule).find((name) => !SUPPORTED.includes(name));
    if (unknown !== undefined)
      throw properties.error(
        `lifecycle rule ${index}: ${unknown} is not supported; supported are ${SUPPORTED.join(', ')}`,
      );
    return toApi(rule, `rule-${index}`);
  });
}

function toApi(rule: Json, fallbackId: string): LifecycleRule {
  const expiration = defined({
    Days: days(rule.ExpirationInDays),
    ExpiredObjectDeleteMarker:
      rule.ExpiredObjectDeleteMarker === undefined ? undefined : String(rule.ExpiredObjectDeleteMarker) === 'true',
  });
  const { NoncurrentDays, NewerNoncurrentVersions } = part(rule.NoncurrentVersionExpiration);
  const abort = days(part(rule.AbortIncompleteMultipartUpload).DaysAfterInitiation);
  return {
    ID: String(rule.Id ?? fallbackId),
    Status: rule.Status === 'Disabled' ? 'Disabled' : 'Enabled',
    Filter: { Prefix: String(rule.Prefix ?? '') },
    ...(Object.keys(expiration).length === 0 ? {} : { Expiration: expiration }),
    ...(NoncurrentDays === undefined
      ? {}
      : {
          NoncurrentVersionExpiration: defined({
            NoncurrentDays: days(NoncurrentDays),
            NewerNoncurrentVersions: days(NewerNoncurrentVersions),
          }),
        }),
    ...(abort === undefined ? {} : { AbortIncompleteMultipartUpload: { DaysAfterInitiation: abort } }),
    ...(rule.Transitions === undefined
      ? {}
      : { Transitions: transitions(rule.Transitions).map(([StorageClass, Days]) => ({ StorageClass, Days })) }),
    ...(rule.NoncurrentVersionTransitions === undefined
      ? {}
      : {
          NoncurrentVersionTransitions: transitions(rule.NoncurrentVersionTransitions).map(
            ([StorageClass, NoncurrentDays]) => ({ StorageClass, NoncurrentDays }),
          ),
        }),
  };
}

const part = (value: unknown): Json => (isObject(value) ? value : {});
const days = (value: unknown): number | undefined => (value === undefined ? undefined : Number(value));

function transitions(value: unknown): readonly (readonly [TransitionStorageClass, number])[] {
  const items = Array.isArray(value) ? value.filter(isObject) : [];
  return items.map(
    (item) => [String(item.StorageClass) as TransitionStorageClass, Number(item.TransitionInDays)] as const,
  );
}
