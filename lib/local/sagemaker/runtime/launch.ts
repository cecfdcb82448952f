import type { Core } from '../core';
import type { ModelContainer } from '../models';
import { Container } from './container';
import { modelFolders } from './folders';
import { imageDigest } from './images';
import { interpreterFor } from './interpreter';

export interface LaunchOptions {
  /** Names the process and its log. */
  readonly name: string;
  /** Added to the model's own environment. @default none */
  readonly environment?: Readonly<Record<string, string>>;
  /** @default 240: SageMaker's four minutes */
  readonly startupSeconds?: number;
}

/** A serving container that answers. */
export type RunningContainer = Pick<Container, 'invoke' | 'stop' | 'exited'>;

/** Brings a model's container up. Rejects with the reason in one line. */
export type Launch = (core: Core, model: ModelContainer, options: LaunchOptions) => Promise<RunningContainer>;

/** Artefacts, interpreter, server, /ping. */
export const launch: Launch = async (core, model, options) => {
  await notePinnedDigest(core, model.image);
  const folders = await modelFolders(core, model);
  return Container.start(core.context, core.tools.closing, {
    name: options.name,
    folders,
    python: await interpreterFor(core.tools, folders.code),
    environment: { ...model.environment, ...options.environment },
    startupSeconds: options.startupSeconds ?? 240,
  });
};

/** The engine has one runtime; that it is not the pinned one is said, and the workload's own fingerprint check decides. */
async function notePinnedDigest(core: Core, image: string): Promise<void> {
  const pinned = image.split('@')[1];
  if (pinned === undefined) return;
  const digest = await imageDigest(core.tools);
  if (pinned !== digest)
    core.context.log(`image ${image}: the local Python runtime is ${digest}, which serves instead`);
}
