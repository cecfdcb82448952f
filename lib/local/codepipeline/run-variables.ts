import { isObject } from '../engine/json';
import { AwsError } from '../gateway/service';
import type { PipelineDefinition } from './definition';

/** Limits of `PipelineVariable` in CodePipeline's API. */
const NAME = /^[A-Za-z0-9@_-]{1,128}$/;
const LONGEST_VALUE = 1000;
const MOST = 50;

/** Reads `variables` of StartPipelineExecution. @throws AwsError for what CodePipeline refuses */
export function readVariables(value: unknown): Readonly<Record<string, string>> {
  if (value === undefined) return {};
  if (!Array.isArray(value) || value.length === 0 || value.length > MOST)
    throw invalid(
      `variables must be a list of 1 to ${MOST}; found ${Array.isArray(value) ? value.length : typeof value}`,
    );
  const variables = new Map<string, string>();
  for (const item of value as unknown[]) {
    const { name, value: text } = isObject(item) ? item : {};
    if (typeof name !== 'string' || !NAME.test(name))
      throw invalid(`a variable's name must have 1 to 128 of A-Z a-z 0-9 @ _ -; found ${JSON.stringify(name)}`);
    if (typeof text !== 'string' || text.length === 0 || text.length > LONGEST_VALUE) {
      const found = typeof text === 'string' ? `${text.length}` : typeof text;
      throw invalid(`the variable ${name} must have 1 to ${LONGEST_VALUE} characters; found ${found}`);
    }
    if (variables.has(name)) throw invalid(`the variable ${name} is given twice`);
    variables.set(name, text);
  }
  return Object.fromEntries(variables);
}

/** Reads `clientRequestToken`. @throws AwsError for what CodePipeline refuses */
export function readToken(value: unknown): string | undefined {
  if (value === undefined) return undefined;
  if (typeof value === 'string' && /^[a-zA-Z0-9-]{1,128}$/.test(value)) return value;
  throw invalid(`clientRequestToken must have 1 to 128 of A-Z a-z 0-9 -; found ${JSON.stringify(value)}`);
}

/** Defaults and given values. @throws AwsError for a variable the pipeline does not declare, or one without a value. */
export function runVariables(
  { name, variables }: PipelineDefinition,
  given: Readonly<Record<string, string>>,
): Record<string, string> {
  const declared = variables.map((variable) => variable.name);
  const unknown = Object.keys(given).filter((key) => !declared.includes(key));
  if (unknown.length > 0) {
    const known = declared.join(', ') || 'none';
    throw invalid(`pipeline ${name} has no variable ${unknown.join(', ')}; known are: ${known}`);
  }
  return Object.fromEntries(
    variables.map((variable) => {
      const value = given[variable.name] ?? variable.defaultValue;
      if (value !== undefined) return [variable.name, value];
      throw invalid(`pipeline ${name}: the variable ${variable.name} has no default, so each run must set it`);
    }),
  );
}

const invalid = (problem: string): AwsError => new AwsError('ValidationException', `${problem}.`);
