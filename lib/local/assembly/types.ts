import type { Json } from '../engine/json';

export interface TemplateResource {
  readonly Type: string;
  readonly Properties?: Json;
  readonly DependsOn?: string | readonly string[];
  readonly Condition?: string;
}

export interface TemplateParameter {
  readonly Type: string;
  readonly Default?: unknown;
}

export interface TemplateOutput {
  readonly Value: unknown;
  readonly Export?: { readonly Name: unknown };
  readonly Condition?: string;
}

/** The sections of a CloudFormation template that the engine reads. */
export interface Template {
  readonly Resources: Readonly<Record<string, TemplateResource>>;
  readonly Parameters?: Readonly<Record<string, TemplateParameter>>;
  readonly Mappings?: Readonly<Record<string, Readonly<Record<string, Json>>>>;
  readonly Conditions?: Readonly<Record<string, unknown>>;
  readonly Outputs?: Readonly<Record<string, TemplateOutput>>;
}

export interface FileAsset {
  readonly id: string;
  /** Absolute path of a file, or of a folder that is published as a zip. */
  readonly source: string;
  readonly packaging: 'file' | 'zip';
  /** Where the template expects it; pseudo parameters are filled in. */
  readonly bucket: string;
  readonly key: string;
}

export interface AssemblyStack {
  /** Id of the artifact in the manifest. */
  readonly id: string;
  readonly name: string;
  readonly region: string;
  readonly account: string;
  readonly template: Template;
  /** Values given by the app; others take the template's default. */
  readonly parameters: Readonly<Record<string, string>>;
  /** Ids of the stacks that must exist first. */
  readonly dependencies: readonly string[];
  readonly assets: readonly FileAsset[];
}

/** A synthesized CDK app: its stacks in the order in which they can be created. */
export interface Assembly {
  readonly dir: string;
  readonly region: string;
  readonly account: string;
  readonly stacks: readonly AssemblyStack[];
}
