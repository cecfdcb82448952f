import { didYouMean } from '../nearest';
import { Arguments, checkArguments } from './arguments';
import { CATALOG } from './catalog';
import { schemaContract, typeContract } from './contract';
import type { Expectation } from './definition';
import { labelContract } from './label';
import type { Column, Value } from './table';

/** An expectation as configuration gives it; the layer rules keep the schema's own type out of here. */
export interface ExpectationInput {
  readonly type: string;
  readonly kwargs: Readonly<Record<string, unknown>>;
}

export interface CompiledExpectation {
  /** Unique inside one table, e.g. `contract_type.in_set`. */
  readonly id: string;
  readonly expectation: Expectation;
  readonly args: Arguments;
  /** Columns that the file must have for it to be judged. */
  readonly columns: readonly string[];
}

/** Everything that is wrong with an expectation: its name, or its arguments. Empty when it can run. */
export function checkExpectation(input: ExpectationInput, columns: readonly Column[]): readonly string[] {
  const found = CATALOG.get(input.type);
  if (found === undefined) {
    const known = [...CATALOG.keys()];
    return [`unknown expectation "${input.type}"${didYouMean(input.type, known)}; known are ${known.join(', ')}`];
  }
  const problems = checkArguments(found.arguments, input.kwargs, columns);
  if (problems.length > 0) return problems.map((problem) => `${input.type}: ${problem}`);
  const whole = found.check(new Arguments(input.kwargs, columns));
  return whole === undefined ? [] : [`${input.type}: ${whole}`];
}

/**
 * The checks of one table: the schema contract, key and label without gaps, the key unique, then what the team asks for.
 *
 * @param positive value of a binary label that counts as positive; absent for other tasks
 * @throws Error for an expectation that checkExpectation refuses
 */
export function compileTable(
  inputs: readonly ExpectationInput[],
  columns: readonly Column[],
  key: string,
  label: string,
  positive?: Value,
): readonly CompiledExpectation[] {
  const defaults: readonly ExpectationInput[] = [
    { type: 'expect_column_values_to_not_be_null', kwargs: { column: key } },
    { type: 'expect_column_values_to_be_unique', kwargs: { column: key } },
    { type: 'expect_column_values_to_not_be_null', kwargs: { column: label } },
  ];
  const taken = new Map<string, number>();
  const none = new Arguments({}, columns);
  return [
    { id: 'schema', expectation: schemaContract, args: none, columns: [] },
    { id: 'types', expectation: typeContract, args: none, columns: [] },
    ...(positive === undefined
      ? []
      : [{ id: 'label', expectation: labelContract(positive), args: none, columns: [label] }]),
    ...[...defaults, ...inputs].map((input) => compileOne(input, columns, taken)),
  ];
}

function compileOne(
  input: ExpectationInput,
  columns: readonly Column[],
  taken: Map<string, number>,
): CompiledExpectation {
  const [problem] = checkExpectation(input, columns);
  const expectation = CATALOG.get(input.type);
  if (problem !== undefined || expectation === undefined) throw new Error(problem);
  const name = checkName(input);
  const count = (taken.get(name) ?? 0) + 1;
  taken.set(name, count);
  const needed = Object.entries(expectation.arguments).flatMap(([argument, { kind }]) => {
    if (kind === 'column') return [String(input.kwargs[argument])];
    return kind === 'columns' ? (input.kwargs[argument] as readonly unknown[]).map(String) : [];
  });
  return {
    id: count === 1 ? name : `${name}.${count}`,
    expectation,
    args: new Arguments(input.kwargs, columns),
    columns: needed,
  };
}

/** `expect_column_values_to_be_in_set` on contract_type → `contract_type.in_set`. */
function checkName({ type, kwargs }: ExpectationInput): string {
  const what = type
    .replace(/^expect_(table_|column_values_|column_pair_|compound_|column_)/, '')
    .replace(/^to_(not_)?(be_)?/, '$1')
    .replace(/_to_be_between$/, '_between');
  const subject = [kwargs.column, kwargs.column_A].find((name) => typeof name === 'string') ?? 'table';
  return `${subject}.${what}`;
}
