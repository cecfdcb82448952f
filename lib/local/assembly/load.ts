import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { Json } from '../engine/json';
import { inDependencyOrder } from './order';
import { substitute } from './references';
import type { Assembly, AssemblyStack, FileAsset, Template } from './types';

/** What stands for "whatever account deploys": the account of AWS's own examples. */
export const DEFAULT_ACCOUNT = '123456789012';
export const DEFAULT_REGION = 'us-east-1';

interface Artifact {
  readonly type: string;
  readonly environment?: string;
  readonly properties?: Json;
  readonly dependencies?: readonly string[];
}

interface AssetManifest {
  readonly files?: Readonly<Record<string, ManifestFile>>;
  readonly dockerImages?: Json;
}

interface ManifestFile {
  readonly source: { readonly path?: string; readonly packaging?: string; readonly executable?: unknown };
  readonly destinations: Readonly<Record<string, { readonly bucketName: string; readonly objectKey: string }>>;
}

/**
 * Reads a cloud assembly (`cdk.out`), nested ones included.
 * @throws Error if there is no manifest, a stack lies in another region or account than the first, or an asset cannot be published here.
 */
export function loadAssembly(dir: string): Assembly {
  const root = resolve(dir);
  if (!existsSync(join(root, 'manifest.json'))) {
    throw new Error(`No cloud assembly in ${root}: manifest.json is missing. Run "npx cdk synth" first.`);
  }
  const stacks = readStacks(root);
  const [first] = stacks;
  if (first === undefined) throw new Error(`The cloud assembly ${root} holds no stack.`);
  const { region, account } = first;
  for (const stack of stacks) {
    if (stack.region !== region || stack.account !== account) {
      throw new Error(
        `Stack ${stack.name} is for ${stack.account}/${stack.region}, ${first.name} for ${account}/${region}; the one-machine engine runs one account and region.`,
      );
    }
  }
  const byId = new Map(stacks.map((stack) => [stack.id, stack]));
  const order = inDependencyOrder(
    [...byId.keys()],
    (id) => byId.get(id)?.dependencies ?? [],
    (cycle) => `The stacks depend on each other in a circle: ${cycle}.`,
  );
  return { dir: root, region, account, stacks: order.flatMap((id) => byId.get(id) ?? []) };
}

function readStacks(dir: string): readonly AssemblyStack[] {
  const { artifacts = {} } = readJson<{ artifacts?: Record<string, Artifact> }>(join(dir, 'manifest.json'));
  return Object.entries(artifacts).flatMap(([id, artifact]) => {
    if (artifact.type === 'cdk:cloud-assembly')
      return readStacks(join(dir, String(artifact.properties?.directoryName)));
    return artifact.type === 'aws:cloudformation:stack' ? [readStack(dir, id, artifact, artifacts)] : [];
  });
}

function readStack(
  dir: string,
  id: string,
  artifact: Artifact,
  artifacts: Readonly<Record<string, Artifact>>,
): AssemblyStack {
  const [, account = '', region = ''] = /^aws:\/\/([^/]+)\/([^/]+)$/.exec(artifact.environment ?? '') ?? [];
  const properties = artifact.properties ?? {};
  const environment = {
    account: account === 'unknown-account' || account === '' ? DEFAULT_ACCOUNT : account,
    region: region === 'unknown-region' || region === '' ? DEFAULT_REGION : region,
  };
  const dependencies = artifact.dependencies ?? [];
  const assets = dependencies.flatMap((dependency) => {
    const manifest = artifacts[dependency];
    return manifest?.type === 'cdk:asset-manifest'
      ? readAssets(dir, String(manifest.properties?.file), environment)
      : [];
  });
  return {
    id,
    name: typeof properties.stackName === 'string' ? properties.stackName : id,
    ...environment,
    template: readJson<Template>(join(dir, String(properties.templateFile))),
    parameters: (properties.parameters ?? {}) as Readonly<Record<string, string>>,
    dependencies: dependencies.filter((dependency) => artifacts[dependency]?.type === 'aws:cloudformation:stack'),
    assets,
  };
}

function readAssets(
  dir: string,
  file: string,
  environment: { readonly account: string; readonly region: string },
): readonly FileAsset[] {
  const { files = {}, dockerImages = {} } = readJson<AssetManifest>(join(dir, file));
  const [image] = Object.keys(dockerImages);
  if (image !== undefined)
    throw new Error(`${file}: the asset ${image} is a container image; the one-machine engine publishes files only.`);
  const pseudo: Readonly<Record<string, string>> = {
    'AWS::AccountId': environment.account,
    'AWS::Region': environment.region,
    'AWS::Partition': 'aws',
  };
  const fill = (text: string) => substitute(text, (name) => pseudo[name] ?? name);
  return Object.entries(files).flatMap(([id, { source, destinations }]) => {
    const { path, packaging = 'file' } = source;
    if (path === undefined || (packaging !== 'file' && packaging !== 'zip')) {
      throw new Error(`${file}: the asset ${id} has neither a file nor a folder to publish (packaging ${packaging}).`);
    }
    return Object.values(destinations).map(({ bucketName, objectKey }) => ({
      id,
      source: join(dir, path),
      packaging: packaging as FileAsset['packaging'],
      bucket: fill(bucketName),
      key: fill(objectKey),
    }));
  });
}

function readJson<T>(file: string): T {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as T;
  } catch (error) {
    throw new Error(`Cannot read ${file} of the cloud assembly: ${(error as Error).message}`, { cause: error });
  }
}
