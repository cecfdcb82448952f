import {
  CreatePolicyCommand,
  CreateRoleCommand,
  EntityAlreadyExistsException,
  GetRoleCommand,
  IAMClient,
  NoSuchEntityException,
  PutRolePolicyCommand,
  UpdateAssumeRolePolicyCommand,
} from '@aws-sdk/client-iam';
import { awsClientConfig } from '../../engine/aws';
import { isObject } from '../../engine/json';
import type { EngineContext, ResourceProvider } from '../../engine/ports';
import { physicalName } from '../physical-name';
import { defined, Properties } from '../properties';

/** Roles and policies are stored, so that they can be read; nothing on this machine enforces them. */
export function iamProviders(context: EngineContext): readonly ResourceProvider[] {
  const iam = new IAMClient(awsClientConfig(context));
  return [roleProvider(iam), policyProvider(iam), managedPolicyProvider(iam, context.account)];
}

function roleProvider(iam: IAMClient): ResourceProvider {
  return {
    types: ['AWS::IAM::Role'],
    create: async (resource) => {
      const properties = new Properties(resource).only([
        'RoleName',
        'AssumeRolePolicyDocument',
        'Path',
        'Description',
        'Policies',
        'ManagedPolicyArns',
        'MaxSessionDuration',
        'PermissionsBoundary',
        'Tags',
      ]);
      const name = properties.text('RoleName') ?? physicalName(resource, 64);
      const document = properties.document('AssumeRolePolicyDocument') ?? '{}';
      const role = await findRole(iam, name);
      if (role === undefined) {
        await iam.send(
          new CreateRoleCommand({
            RoleName: name,
            AssumeRolePolicyDocument: document,
            ...defined({ Path: properties.text('Path'), Description: properties.text('Description') }),
          }),
        );
      } else {
        await iam.send(new UpdateAssumeRolePolicyCommand({ RoleName: name, PolicyDocument: document }));
      }
      for (const policy of properties.list('Policies').filter(isObject)) {
        await iam.send(
          new PutRolePolicyCommand({
            RoleName: name,
            PolicyName: String(policy.PolicyName),
            PolicyDocument: JSON.stringify(policy.PolicyDocument),
          }),
        );
      }
      const { Arn = '', RoleId = '' } = (await findRole(iam, name)) ?? {};
      return { ref: name, attributes: { Arn, RoleId } };
    },
  };
}

async function findRole(iam: IAMClient, name: string) {
  try {
    return (await iam.send(new GetRoleCommand({ RoleName: name }))).Role;
  } catch (error) {
    if (error instanceof NoSuchEntityException) return undefined;
    throw error;
  }
}

function policyProvider(iam: IAMClient): ResourceProvider {
  return {
    types: ['AWS::IAM::Policy'],
    create: async (resource) => {
      const properties = new Properties(resource).only(['PolicyName', 'PolicyDocument', 'Roles']);
      const name = properties.requiredText('PolicyName');
      for (const role of properties.texts('Roles')) {
        await iam.send(
          new PutRolePolicyCommand({
            RoleName: role,
            PolicyName: name,
            PolicyDocument: properties.document('PolicyDocument') ?? '{}',
          }),
        );
      }
      return { ref: name, attributes: { Id: name } };
    },
  };
}

function managedPolicyProvider(iam: IAMClient, account: string): ResourceProvider {
  return {
    types: ['AWS::IAM::ManagedPolicy'],
    create: async (resource) => {
      const properties = new Properties(resource).only([
        'ManagedPolicyName',
        'PolicyDocument',
        'Roles',
        'Description',
        'Path',
      ]);
      const name = properties.text('ManagedPolicyName') ?? physicalName(resource, 128);
      const path = properties.text('Path') ?? '/';
      const PolicyDocument = properties.document('PolicyDocument') ?? '{}';
      try {
        await iam.send(new CreatePolicyCommand({ PolicyName: name, Path: path, PolicyDocument }));
      } catch (error) {
        if (!(error instanceof EntityAlreadyExistsException)) throw error;
      }
      for (const role of properties.texts('Roles'))
        await iam.send(new PutRolePolicyCommand({ RoleName: role, PolicyName: name, PolicyDocument }));
      const arn = `arn:aws:iam::${account}:policy${path}${name}`;
      return { ref: arn, attributes: { PolicyArn: arn } };
    },
  };
}
