import type { FindIntegration } from '../integrations/registry';
import { isJsonObject, type Json, type JsonObject, kindOf } from '../language/json';
import { checkExpressions } from './expressions';
import {
  CATCHER_FIELDS,
  checkFields,
  REQUIRED,
  RETRIER_FIELDS,
  type Report,
  RULE_FIELDS,
  STATE_FIELDS,
} from './fields';

const CONTINUING = ['Pass', 'Task', 'Wait', 'Parallel', 'Map'];
const WITH_RESULT = ['Task', 'Parallel', 'Map'];
/** Nested flows are checked as flows, rules and catchers item by item, the rest is no expression. */
const NOT_EXPRESSIONS = [
  'Comment',
  'Type',
  'QueryLanguage',
  'Resource',
  'Next',
  'End',
  'Default',
  'Branches',
  'ItemProcessor',
  'Choices',
  'Retry',
  'Catch',
];

/** What the checks of one machine share. */
export interface Checks {
  readonly report: Report;
  readonly find: FindIntegration;
}

/** Checks one state, without the flows inside it. */
export async function checkState(
  state: Json,
  path: string,
  variables: ReadonlySet<string>,
  { report, find }: Checks,
): Promise<void> {
  if (!isJsonObject(state)) return report(path, `must be an object; found ${kindOf(state)}`);
  const type = typeof state.Type === 'string' ? state.Type : '';
  const fields = Object.hasOwn(STATE_FIELDS, type) ? STATE_FIELDS[type] : undefined;
  if (fields === undefined) {
    const found = state.Type === undefined ? 'nothing' : JSON.stringify(state.Type);
    return report(`${path}/Type`, `must be one of ${Object.keys(STATE_FIELDS).join(', ')}; found ${found}`);
  }
  checkFields(state, fields, REQUIRED[type] ?? [], path, report);
  checkEnding(state, type, path, report);
  if (type === 'Task') checkTask(state, path, report, find);
  const base = ['input', 'context'];
  const after = WITH_RESULT.includes(type) ? [...base, 'result'] : base;
  for (const [name, value] of Object.entries(state)) {
    if (NOT_EXPRESSIONS.includes(name)) continue;
    const states = name === 'Output' || name === 'Assign' ? after : base;
    await checkExpressions(value, `${path}/${name}`, { states, variables }, report);
  }
  for (const [rule, at] of items(state.Choices, `${path}/Choices`, report)) {
    checkFields(rule, RULE_FIELDS, ['Condition', 'Next'], at, report);
    await checkParts(rule, at, ['Condition', 'Output', 'Assign'], { states: base, variables }, report);
  }
  for (const [catcher, at] of items(state.Catch, `${path}/Catch`, report)) {
    checkFields(catcher, CATCHER_FIELDS, ['ErrorEquals', 'Next'], at, report);
    await checkParts(catcher, at, ['Output', 'Assign'], { states: [...base, 'errorOutput'], variables }, report);
  }
  for (const [retrier, at] of items(state.Retry, `${path}/Retry`, report)) {
    checkFields(retrier, RETRIER_FIELDS, ['ErrorEquals'], at, report);
  }
  checkWildcards(state.Retry, `${path}/Retry`, report);
  checkWildcards(state.Catch, `${path}/Catch`, report);
}

function checkEnding(state: JsonObject, type: string, path: string, report: Report): void {
  if (CONTINUING.includes(type) && 'Next' in state === 'End' in state) report(path, "must have either 'Next' or 'End'");
  if (type === 'Wait' && 'Seconds' in state === 'Timestamp' in state) {
    report(path, "must have either 'Seconds' or 'Timestamp'");
  }
  for (const name of isJsonObject(state.Assign) ? Object.keys(state.Assign) : []) {
    if (name === 'states' || !/^[\p{L}_][\p{L}\p{N}_]{0,79}$/u.test(name)) {
      report(`${path}/Assign/${name}`, 'must be a name of letters, digits and _ other than states, at most 80 long');
    }
  }
}

function checkTask(state: JsonObject, path: string, report: Report, find: FindIntegration): void {
  if (typeof state.Resource !== 'string') return;
  try {
    const integration = find(state.Resource);
    const problems = state.Arguments === undefined ? [] : integration.argumentProblems(state.Arguments);
    for (const problem of problems) report(path, problem);
  } catch (error) {
    report(`${path}/Resource`, (error as Error).message);
  }
}

function items(list: Json | undefined, path: string, report: Report): readonly (readonly [JsonObject, string])[] {
  if (!Array.isArray(list)) return [];
  return (list as readonly Json[]).flatMap((item, i) => {
    if (isJsonObject(item)) return [[item, `${path}[${i}]`] as const];
    report(`${path}[${i}]`, `must be an object; found ${kindOf(item)}`);
    return [];
  });
}

async function checkParts(
  holder: JsonObject,
  path: string,
  parts: readonly string[],
  names: Parameters<typeof checkExpressions>[2],
  report: Report,
): Promise<void> {
  for (const part of parts) {
    const value = holder[part];
    if (value !== undefined) await checkExpressions(value, `${path}/${part}`, names, report);
  }
}

/** States.ALL stands alone, and in the last entry: those after it could never match. */
function checkWildcards(list: Json | undefined, path: string, report: Report): void {
  if (!Array.isArray(list)) return;
  for (const [i, item] of (list as readonly Json[]).entries()) {
    const names = isJsonObject(item) && Array.isArray(item.ErrorEquals) ? (item.ErrorEquals as readonly Json[]) : [];
    if (names.includes('States.ALL') && (names.length > 1 || i < list.length - 1)) {
      report(`${path}[${i}]/ErrorEquals`, 'has States.ALL, which must stand alone and in the last entry');
    }
  }
}
