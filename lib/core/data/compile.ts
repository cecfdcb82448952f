import { didYouMean } from '../nearest';
import { Arguments, checkArguments } from './arguments';
import { parseRowCondition } from './conditions/row-condition';
import { schemaContract, typeContract } from './contract';
import { CATALOG, type Expectation, findExpectation } from './expectations';
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
  readonly kwargs: Readonly<Record<string, unknown>>;
  /** Columns that the file must have for it to be judged. */
  readonly columns: readonly string[];
}

/**
 * Everything that is wrong with an expectation: its name, or its arguments. Empty when it can run.
 *
 * @param columns empty where the columns are not known yet
 */
export function checkExpectation(input: ExpectationInput, columns: readonly Column[]): readonly string[] {
  const found = findExpectation(input.type);
  if (found === undefined) {
    const known = [...CATALOG.keys()];
    return [`unknown expectation "${input.type}"${didYouMean(input.type, known)}; known are ${known.join(', ')}`];
  }
  const problems = checkArguments(found.arguments, input.kwargs, columns);
  if (problems.length > 0) return problems.map((problem) => `${input.type}: ${problem}`);
  const whole = found.check?.(new Arguments(input.kwargs, columns));
  return whole === undefined ? [] : [`${input.type}: ${whole}`];
}

/** What a workload declares of a table. */
export interface TableContract {
  readonly columns: readonly Column[];
  readonly key: string;
  readonly label: string;
  /** Value of a binary label that counts as positive; absent for other tasks. */
  readonly positive?: Exclude<Value, null>;
}

/**
 * The checks of one table: with a contract columns, types and label, key and label without gaps, the key unique; then
 * what the team asks for.
 *
 * @throws Error for an expectation that checkExpectation refuses
 */
export function compileTable(
  inputs: readonly ExpectationInput[],
  contract?: TableContract,
): readonly CompiledExpectation[] {
  const taken = new Map<string, number>();
  const columns = contract?.columns ?? [];
  const asked = inputs.map((input) => compileOne(input, columns));
  const all = contract === undefined ? asked : [...contractChecks(contract), ...asked];
  return all.map((compiled) => {
    const count = (taken.get(compiled.id) ?? 0) + 1;
    taken.set(compiled.id, count);
    return count === 1 ? compiled : { ...compiled, id: `${compiled.id}.${count}` };
  });
}

function contractChecks({ columns, key, label, positive }: TableContract): readonly CompiledExpectation[] {
  const plain = { kwargs: {}, columns: [] };
  return [
    { ...plain, id: 'schema', expectation: schemaContract(columns.map(({ name }) => name)) },
    { ...plain, id: 'types', expectation: typeContract },
    ...(positive === undefined
      ? []
      : [{ id: 'label', expectation: labelContract(label, positive), kwargs: {}, columns: [label] }]),
    compileOne({ type: 'expect_column_values_to_not_be_null', kwargs: { column: key } }, columns),
    compileOne({ type: 'expect_column_values_to_be_unique', kwargs: { column: key } }, columns),
    compileOne({ type: 'expect_column_values_to_not_be_null', kwargs: { column: label } }, columns),
  ];
}

function compileOne(input: ExpectationInput, columns: readonly Column[]): CompiledExpectation {
  const [problem] = checkExpectation(input, columns);
  const expectation = findExpectation(input.type);
  if (problem !== undefined || expectation === undefined) throw new Error(problem);
  const named = Object.entries(expectation.arguments).flatMap(([argument, { kind }]) => {
    const value = input.kwargs[argument];
    if (kind === 'column') return [String(value)];
    return kind === 'columns' ? (value as readonly unknown[]).map(String) : [];
  });
  const condition = input.kwargs.row_condition ?? undefined;
  const read = condition === undefined ? [] : parseRowCondition(condition, []).columns;
  return { id: checkName(input), expectation, kwargs: input.kwargs, columns: [...new Set([...named, ...read])] };
}

/** `expect_column_values_to_be_in_set` on contract_type → `contract_type.in_set`. */
function checkName({ type, kwargs }: ExpectationInput): string {
  const what = type
    .replace(/^expect_(table_|column_values_|column_pair_|compound_|multicolumn_|select_column_|column_)/, '')
    .replace(/^to_(not_)?(be_)?/, '$1')
    .replace(/_to_be_between$/, '_between');
  const subject = [kwargs.column, kwargs.column_A].find((name) => typeof name === 'string') ?? 'table';
  return `${subject}.${what}`;
}
