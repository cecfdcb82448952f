import jsonata, { type Expression } from 'jsonata';
import { QueryEvaluationError } from './errors';
import { addStepFunctionsLibrary } from './functions';
import { isJsonObject, type Json, type JsonObject, kindOf } from './json';

/** What an expression sees: `$states` and the variables of its scope. */
export interface Bindings {
  readonly states: JsonObject;
  readonly variables: Readonly<Record<string, Json>>;
}

/** A runaway expression ends here, so that it cannot hang the engine. */
const EVALUATION_LIMITS = { timeout: 10_000, stack: 1_000, sequence: 1_000_000 };

/** The JSONata between `{%` and `%}`, or undefined for a literal string. */
export function expressionOf(text: string): string | undefined {
  return text.startsWith('{%') && text.endsWith('%}') && text.length >= 4 ? text.slice(2, -2).trim() : undefined;
}

/**
 * The value of a field: strings that are expressions are evaluated, at any depth; everything else is itself.
 * @param location the field's path inside its state, for messages, e.g. `Arguments/Payload`
 */
export async function evaluateField(value: Json, location: string, bindings: Bindings): Promise<Json> {
  if (typeof value === 'string') {
    const source = expressionOf(value);
    return source === undefined ? value : evaluateExpression(source, location, bindings);
  }
  if (Array.isArray(value)) {
    return Promise.all(value.map((item: Json, i) => evaluateField(item, `${location}[${i}]`, bindings)));
  }
  if (!isJsonObject(value)) return value;
  const entries = Object.entries(value).map(
    async ([key, item]) => [key, await evaluateField(item, `${location}/${key}`, bindings)] as const,
  );
  return Object.fromEntries(await Promise.all(entries));
}

async function evaluateExpression(source: string, location: string, bindings: Bindings): Promise<Json> {
  const subject = `The JSONata expression '${source}' specified for the field '${location}'`;
  let text: string | undefined;
  try {
    const expression = take(source);
    const result: unknown = await expression.evaluate(undefined, { ...bindings.variables, states: bindings.states });
    keep(source, expression);
    // JSON has no functions; JSONata's sequences carry marks that only a round trip removes.
    if (isFunction(result)) throw new Error('It returned a function, which is not JSON.');
    text = JSON.stringify(result);
  } catch (error) {
    throw new QueryEvaluationError(`${subject} threw an error during evaluation. ${describe(error)}`, location);
  }
  if (text === undefined) throw new QueryEvaluationError(`${subject} returned nothing (undefined).`, location);
  return JSON.parse(text) as Json;
}

/**
 * Read expressions that nobody evaluates at the moment: a state machine that polls has the same ones over and over. One
 * serves one evaluation at a time, because `$now()` belongs to the expression and must not change under another.
 */
const idle = new Map<string, Expression>();
const MOST_IDLE = 1_000;

/** @throws what JSONata throws for a text that it cannot read */
function take(source: string): Expression {
  const kept = idle.get(source);
  idle.delete(source);
  if (kept !== undefined) return kept;
  const expression = jsonata(source, EVALUATION_LIMITS);
  addStepFunctionsLibrary(expression);
  return expression;
}

function keep(source: string, expression: Expression): void {
  if (idle.size >= MOST_IDLE) idle.clear();
  idle.set(source, expression);
}

function isFunction(value: unknown): boolean {
  return (
    typeof value === 'function' || (isJsonObject(value) && ('_jsonata_function' in value || '_jsonata_lambda' in value))
  );
}

function describe(error: unknown): string {
  if (typeof error !== 'object' || error === null) return String(error);
  const { code, message } = error as { code?: unknown; message?: unknown };
  return typeof code === 'string' ? `${code}: ${String(message)}` : String(message);
}

/** Evaluates a field that has to be a whole number in [min, max]. */
export async function evaluateInteger(
  value: Json,
  location: string,
  bindings: Bindings,
  [min, max]: readonly [number, number],
): Promise<number> {
  const result = await evaluateField(value, location, bindings);
  if (typeof result === 'number' && Number.isInteger(result) && result >= min && result <= max) return result;
  const found = typeof result === 'number' ? String(result) : kindOf(result);
  throw new QueryEvaluationError(`${location} must be a whole number from ${min} to ${max}; found ${found}`, location);
}

/** Evaluates a field that has to be a string. */
export async function evaluateString(value: Json, location: string, bindings: Bindings): Promise<string> {
  const result = await evaluateField(value, location, bindings);
  if (typeof result === 'string') return result;
  throw new QueryEvaluationError(`${location} must be a string; found ${kindOf(result)}`, location);
}
