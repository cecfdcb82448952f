#!/usr/bin/env node
import { explainError } from '../lib/cli/exit';
import { buildProgram } from '../lib/cli/program';
import { version } from '../package.json';

async function main(): Promise<void> {
  try {
    await buildProgram(version).parseAsync();
  } catch (error) {
    const { code, message } = explainError(error);
    process.exitCode = code;
    if (code === 0) return;
    const lines = message.replace(/^error: /, '').split('\n');
    for (const line of lines) process.stderr.write(`assay: ${line}\n`);
    if (process.env.ASSAY_DEBUG === '1' && error instanceof Error) process.stderr.write(`${error.stack}\n`);
  }
}

void main();
