import { appendFileSync, existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { EngineContext } from '../../engine/ports';
import type { ExecutionDescription } from '../integrations/start-execution';
import type { HistoryEvent } from '../interpreter/history';

/** An execution without its documents: enough for lists. Dates are ISO 8601. */
interface Summary {
  readonly executionArn: string;
  readonly stateMachineArn: string;
  readonly name: string;
  readonly status: ExecutionDescription['status'];
  readonly startDate: string;
  readonly stopDate?: string;
}

type Documents = Pick<ExecutionDescription, 'input' | 'output' | 'error' | 'cause'>;

const INDEX = 'stepfunctions-executions';

/** Executions and their histories, kept across runs of the engine. */
export class ExecutionStore {
  private readonly summaries: Map<string, Summary>;

  constructor(private readonly context: Pick<EngineContext, 'state' | 'stateDir'>) {
    const saved = context.state.read<readonly Summary[]>(INDEX) ?? [];
    this.summaries = new Map(saved.map((summary) => [summary.executionArn, summary]));
  }

  find(executionArn: string): ExecutionDescription | undefined {
    const summary = this.summaries.get(executionArn);
    if (summary === undefined) return undefined;
    const documents = this.context.state.read<Documents>(documentName(executionArn));
    if (documents === undefined) throw new Error(`The saved state of execution ${executionArn} is incomplete.`);
    return { ...withDates(summary), ...documents };
  }

  /** Newest first. */
  list(): readonly Omit<ExecutionDescription, keyof Documents>[] {
    return [...this.summaries.values()].reverse().map(withDates);
  }

  save({ input, output, error, cause, startDate, stopDate, ...rest }: ExecutionDescription): void {
    this.context.state.write<Documents>(documentName(rest.executionArn), {
      input,
      ...(output !== undefined && { output }),
      ...(error !== undefined && { error }),
      ...(cause !== undefined && { cause }),
    });
    this.summaries.set(rest.executionArn, {
      ...rest,
      startDate: startDate.toISOString(),
      ...(stopDate !== undefined && { stopDate: stopDate.toISOString() }),
    });
    this.context.state.write(INDEX, [...this.summaries.values()]);
  }

  /** One line an event, so that a long loop costs no rewriting. */
  append(executionArn: string, event: HistoryEvent): void {
    const file = this.historyFile(executionArn);
    if (event.id === 1) mkdirSync(join(file, '..'), { recursive: true });
    appendFileSync(file, `${JSON.stringify(event)}\n`);
  }

  /** Oldest first. A last line that a killed engine left half written is no event. */
  history(executionArn: string): readonly HistoryEvent[] {
    const file = this.historyFile(executionArn);
    if (!existsSync(file)) return [];
    const text = readFileSync(file, 'utf8');
    return text
      .slice(0, text.lastIndexOf('\n') + 1)
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line) as HistoryEvent);
  }

  private historyFile(executionArn: string): string {
    const [machine = '', name = ''] = executionArn.split(':').slice(-2);
    return join(this.context.stateDir, 'stepfunctions', machine, `${name}.jsonl`);
  }
}

function documentName(executionArn: string): string {
  return `stepfunctions-execution-${executionArn.split(':').slice(-2).join('-')}`;
}

function withDates({ startDate, stopDate, ...rest }: Summary) {
  return { ...rest, startDate: new Date(startDate), ...(stopDate !== undefined && { stopDate: new Date(stopDate) }) };
}
