import * as z from 'zod';
import { invalid } from '../errors';
import { intBetween, nameShape } from '../shape';
import type { EndpointRecord, VariantRecord } from './record';

/** Only the plain update (new fleet, all traffic at once) is done here; guardrails are refused by name. */
const deploymentShape = z.strictObject({
  BlueGreenUpdatePolicy: z
    .strictObject({
      TrafficRoutingConfiguration: z.strictObject({
        Type: z.literal('ALL_AT_ONCE', 'only ALL_AT_ONCE is supported by the one-machine engine'),
        WaitIntervalInSeconds: z.literal(0, 'only 0 is supported by the one-machine engine'),
      }),
      TerminationWaitInSeconds: z.literal(0).optional(),
      MaximumExecutionTimeoutInSeconds: intBetween(600, 28_800).optional(),
    })
    .optional(),
});

export const updateShape = z.strictObject({
  EndpointName: nameShape,
  EndpointConfigName: nameShape,
  RetainAllVariantProperties: z.boolean().optional(),
  ExcludeRetainedVariantProperties: z
    .array(z.object({ VariantPropertyType: z.enum(['DesiredInstanceCount', 'DesiredWeight', 'DataCaptureConfig']) }))
    .max(3)
    .optional(),
  DeploymentConfig: deploymentShape.optional(),
  RetainDeploymentConfig: z.boolean().optional(),
});

export const weightsShape = z.object({
  EndpointName: nameShape,
  DesiredWeightsAndCapacities: z
    .array(
      z.object({
        VariantName: nameShape,
        DesiredWeight: z.number().min(0, 'Member must have value greater than or equal to 0').optional(),
        DesiredInstanceCount: z.number().int().min(0).optional(),
      }),
    )
    .min(1, 'Member must have length greater than or equal to 1'),
});
type Desired = z.infer<typeof weightsShape>['DesiredWeightsAndCapacities'];

/** The variants with desired weights and counts set. Throws ValidationException for unknown variants or two capacities. */
export function withWeights(endpoint: EndpointRecord, desired: Desired): readonly VariantRecord[] {
  const known = endpoint.variants.map((each) => each.name);
  for (const { VariantName: name } of desired) {
    if (!known.includes(name)) {
      throw invalid(`Could not find variant "${name}" of endpoint "${endpoint.arn}"; it has ${known.join(', ')}.`);
    }
  }
  if (desired.filter((each) => each.DesiredInstanceCount !== undefined).length > 1) {
    throw invalid('The capacity of one variant can be changed per call; found more than one DesiredInstanceCount.');
  }
  return endpoint.variants.map((variant) => {
    const asked = desired.find((each) => each.VariantName === variant.name);
    return {
      ...variant,
      desiredWeight: asked?.DesiredWeight ?? variant.weight,
      desiredCount: asked?.DesiredInstanceCount ?? variant.count,
    };
  });
}
