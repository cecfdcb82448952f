#!/usr/bin/env node
import { explainError } from '../lib/cli/exit';
import { buildProgram } from '../lib/cli/program';
import { version } from '../package.json';

async function main(): Promise<void> {
  // The SDK's note about Node 20 would come before every answer; README.md names the versions that work.
  process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= 'true';
  try {
    await buildProgram(version).parseAsync();
  } catch (error) {
    const { code, message } = explainError(error);
    process.exitCode = code;
    if (code === 0) return;
    for (const line of message.split('\n')) process.stderr.write(`assay: ${line}\n`);
    if (process.env.ASSAY_DEBUG === '1' && error instanceof Error) process.stderr.write(`${error.stack}\n`);
  }
}

void main();
