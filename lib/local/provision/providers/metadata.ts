import type { ResourceProvider } from '../../engine/ports';
import { physicalName } from '../physical-name';

/** What the CDK reports about itself; it has no effect on AWS either. */
export const metadataProvider: ResourceProvider = {
  types: ['AWS::CDK::Metadata'],
  create: async (resource) => ({ ref: physicalName(resource, 128), attributes: {} }),
};
