import type { ProvisionedResource } from '../engine/ports';
import { evaluateIntrinsics, NO_VALUE, type Scope } from './intrinsics';
import type { AssemblyStack } from './types';

/** Values that stacks give to each other. */
export interface CrossStackValues {
  /** By export name. */
  readonly exports: Map<string, unknown>;
  /** Outputs by stack name. */
  readonly outputs: Map<string, Readonly<Record<string, unknown>>>;
}

export interface StackScopeOptions {
  readonly stack: AssemblyStack;
  /** Value of an SSM parameter that a template parameter names; undefined if there is none. */
  readonly ssmParameter: (name: string) => string | undefined;
  readonly shared: CrossStackValues;
}

/** The scope of one stack; resources appear in it as they are provisioned. */
export class StackScope implements Scope {
  private readonly resources = new Map<string, ProvisionedResource & { readonly type: string }>();
  private readonly pseudo: Readonly<Record<string, unknown>>;

  constructor(private readonly options: StackScopeOptions) {
    const { account, region, name } = options.stack;
    this.pseudo = {
      'AWS::AccountId': account,
      'AWS::Region': region,
      'AWS::Partition': 'aws',
      'AWS::URLSuffix': 'amazonaws.com',
      'AWS::StackName': name,
      'AWS::StackId': `arn:aws:cloudformation:${region}:${account}:stack/${name}/local`,
      'AWS::NotificationARNs': [],
      'AWS::NoValue': NO_VALUE,
    };
  }

  add(logicalId: string, type: string, resource: ProvisionedResource): void {
    this.resources.set(logicalId, { ...resource, type });
  }

  evaluate(value: unknown, where: string): unknown {
    return evaluateIntrinsics(value, this, `${this.options.stack.name}/${where}`);
  }

  ref(name: string): unknown {
    if (Object.hasOwn(this.pseudo, name)) return this.pseudo[name];
    const { Parameters = {} } = this.options.stack.template;
    if (Object.hasOwn(Parameters, name)) return this.parameter(name);
    return this.resource(name).ref;
  }

  getAtt(logicalId: string, attribute: string): string {
    const { attributes, type } = this.resource(logicalId);
    const value = attributes[attribute];
    if (value !== undefined) return value;
    const known = Object.keys(attributes).join(', ');
    throw new Error(
      `${logicalId} (${type}) has no attribute ${attribute} here; known are ${known === '' ? 'none' : known}`,
    );
  }

  condition(name: string): boolean {
    const { Conditions = {} } = this.options.stack.template;
    if (!Object.hasOwn(Conditions, name)) throw new Error(`there is no condition ${name}`);
    return this.evaluate(Conditions[name], `Conditions.${name}`) === true;
  }

  findInMap(map: string, topLevelKey: string, secondLevelKey: string): unknown {
    const found = this.options.stack.template.Mappings?.[map]?.[topLevelKey]?.[secondLevelKey];
    if (found === undefined) throw new Error(`the mapping ${map} has no entry ${topLevelKey}.${secondLevelKey}`);
    return found;
  }

  importValue(exportName: string): unknown {
    if (!this.options.shared.exports.has(exportName)) throw new Error(`no stack before this one exports ${exportName}`);
    return this.options.shared.exports.get(exportName);
  }

  stackOutput(stackName: string, outputName: string): unknown {
    const found = this.options.shared.outputs.get(stackName)?.[outputName];
    if (found === undefined) throw new Error(`stack ${stackName} has no output ${outputName}, or comes later`);
    return found;
  }

  private parameter(name: string): unknown {
    const { stack, ssmParameter } = this.options;
    const parameter = stack.template.Parameters?.[name];
    const value = stack.parameters[name] ?? parameter?.Default;
    if (value === undefined) throw new Error(`parameter ${name} has no value and no default`);
    if (parameter?.Type.startsWith('AWS::SSM::Parameter::Value') !== true) {
      return parameter?.Type === 'CommaDelimitedList' ? String(value).split(',') : value;
    }
    const stored = ssmParameter(String(value));
    if (stored === undefined)
      throw new Error(`parameter ${name} names the SSM parameter ${String(value)}, which does not exist`);
    return stored;
  }

  private resource(logicalId: string): ProvisionedResource & { readonly type: string } {
    const found = this.resources.get(logicalId);
    if (found !== undefined) return found;
    const declared = Object.hasOwn(this.options.stack.template.Resources, logicalId);
    throw new Error(
      declared
        ? `${logicalId} was not created (its condition is false)`
        : `there is no resource or parameter ${logicalId}`,
    );
  }
}
