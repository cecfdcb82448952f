#!/usr/bin/env node
import type { Command } from 'commander';
import { registerFeedback } from '../lib/cli/feedback/register';
import { registerLanding } from '../lib/cli/golden-land';
import { registerLineage } from '../lib/cli/lineage/register';
import { main } from '../lib/cli/main';
import { registerRetraining } from '../lib/cli/retraining/register';
import { registerRollout } from '../lib/cli/rollout/register';
import { registerRun } from '../lib/cli/run/command';
import { registerWebhook } from '../lib/cli/webhook/register';
import { version } from '../package.json';

// The SDK's note about Node 20 would come before every answer; README.md names the versions that work.
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= 'true';

const register = (program: Command): void => {
  registerRun(program);
  registerRollout(program);
  registerRetraining(program);
  registerLanding(program);
  registerLineage(program);
  registerFeedback(program);
  registerWebhook(program);
};

void main(process.argv.slice(2), version, register).then((code) => {
  process.exitCode = code;
});
