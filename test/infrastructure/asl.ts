import type { Template } from 'aws-cdk-lib/assertions';
import jsonata from 'jsonata';

type Json = Readonly<Record<string, unknown>>;

export interface Flow {
  readonly StartAt: string;
  readonly States: Readonly<Record<string, State>>;
}

export interface State extends Json {
  readonly Type: string;
  readonly Next?: string;
  readonly Default?: string;
  readonly Catch?: readonly { readonly Next: string }[];
  readonly Choices?: readonly { readonly Next: string }[];
  readonly Branches?: readonly Flow[];
  readonly ItemProcessor?: Flow;
  readonly Resource?: string;
}

/** Definitions of the template's state machines by logical id; references become `<logical id>`. */
export function machines(template: Template): Record<string, Flow & Json> {
  const found = template.findResources('AWS::StepFunctions::StateMachine');
  const definition = (resource: Json) => flatten((resource.Properties as Json).DefinitionString);
  return Object.fromEntries(
    Object.entries(found).map(([id, resource]) => [id, JSON.parse(definition(resource as Json)) as Flow & Json]),
  );
}

/** Text of a value with intrinsic functions. */
export function flatten(value: unknown): string {
  if (typeof value === 'string') return value;
  const [name, argument] = Object.entries(value as Json)[0] ?? [];
  if (name === 'Fn::Join') return (argument as [string, unknown[]])[1].map(flatten).join('');
  if (name === 'Ref') return argument === 'AWS::Partition' ? 'aws' : `<${String(argument)}>`;
  return `<${Array.isArray(argument) ? String(argument[0]) : String(argument)}>`;
}

/** All states with the flow that they belong to, branches included. */
export function statesOf(flow: Flow): { name: string; state: State; flow: Flow }[] {
  return Object.entries(flow.States).flatMap(([name, state]) => [
    { name, state, flow },
    ...[...(state.Branches ?? []), ...(state.ItemProcessor === undefined ? [] : [state.ItemProcessor])].flatMap(
      statesOf,
    ),
  ]);
}

/** Where a state can go next. */
export const targets = (state: State): string[] =>
  [
    state.Next,
    state.Default,
    ...(state.Catch ?? []).map(({ Next }) => Next),
    ...(state.Choices ?? []).map(({ Next }) => Next),
  ].filter((target) => target !== undefined);

const JSONPATH_FIELDS = [
  'InputPath',
  'OutputPath',
  'ResultPath',
  'Parameters',
  'ResultSelector',
  'ItemsPath',
  'Result',
];

/** Everything wrong with a definition that Step Functions would refuse, or that only fails when it runs. */
export function problems(machine: Flow & Json): string[] {
  const all = statesOf(machine);
  return [
    ...(machine.QueryLanguage === 'JSONata' ? [] : ['the machine is not in JSONata']),
    ...all.flatMap(({ name, state, flow }) => [
      ...targets(state)
        .filter((target) => !(target in flow.States))
        .map((target) => `${name}: no state ${target}`),
      ...JSONPATH_FIELDS.filter((field) => field in state).map((field) => `${name}: ${field} belongs to JSONPath`),
      ...badExpressions(name, state),
    ]),
    ...unreachable(machine),
    ...all.flatMap(({ state }) => (state.Branches ?? []).flatMap(unreachable)),
  ];
}

function unreachable(flow: Flow): string[] {
  const seen = new Set<string>();
  const visit = (name: string): void => {
    const state = flow.States[name];
    if (state === undefined || seen.has(name)) return;
    seen.add(name);
    targets(state).forEach(visit);
  };
  visit(flow.StartAt);
  return Object.keys(flow.States)
    .filter((name) => !seen.has(name))
    .map((name) => `${name}: cannot be reached`);
}

function badExpressions(name: string, value: unknown): string[] {
  if (typeof value === 'string') return value.includes('{%') ? syntaxErrors(name, value) : [];
  if (typeof value !== 'object' || value === null) return [];
  // Branches are visited as states of their own.
  return Object.entries(value).flatMap(([key, item]) =>
    key === 'Branches' || key === 'ItemProcessor' ? [] : badExpressions(name, item),
  );
}

function syntaxErrors(name: string, text: string): string[] {
  const [, expression] = /^\{%(.*)%\}$/s.exec(text) ?? [];
  if (expression === undefined) return [`${name}: an expression is the whole string: ${text}`];
  try {
    jsonata(expression);
    return [];
  } catch (error) {
    return [`${name}: ${(error as Error).message}: ${text}`];
  }
}
