import type { EngineContext } from '../../engine/ports';
import { AwsError } from '../../gateway/service';
import type { FindIntegration } from '../integrations/registry';
import type { Machine } from '../language/definition';
import { readDefinition } from '../validation/validate';

export interface StateMachine {
  readonly arn: string;
  readonly name: string;
  readonly roleArn: string;
  readonly creationDate: Date;
  /** As it was given. */
  readonly text: string;
  readonly definition: Machine;
}

const CREATED = 'stepfunctions-machines';

/** The state machines of the assembly. They are read anew in every run; only when they were first made is kept. */
export class Machines {
  private readonly machines = new Map<string, StateMachine>();

  constructor(
    private readonly context: Pick<EngineContext, 'region' | 'account' | 'partition' | 'state' | 'clock'>,
    private readonly find: FindIntegration,
  ) {}

  /** Creates or replaces. Throws DefinitionError if the definition cannot be run. */
  async put(name: string, text: string, roleArn: string): Promise<StateMachine> {
    const { partition, region, account, state, clock } = this.context;
    const arn = `arn:${partition}:states:${region}:${account}:stateMachine:${name}`;
    const definition = await readDefinition(text, this.find);
    const created = state.read<Readonly<Record<string, string>>>(CREATED) ?? {};
    const creationDate = created[arn] ?? clock.now().toISOString();
    state.write(CREATED, { ...created, [arn]: creationDate });
    const machine = { arn, name, roleArn, creationDate: new Date(creationDate), text, definition };
    this.machines.set(arn, machine);
    return machine;
  }

  get(arn: string): StateMachine {
    const machine = this.machines.get(arn);
    if (machine !== undefined) return machine;
    const known = [...this.machines.keys()].join(', ') || 'none';
    throw new AwsError('StateMachineDoesNotExist', `State Machine Does Not Exist: '${arn}'; known: ${known}`);
  }

  list(): readonly StateMachine[] {
    return [...this.machines.values()].sort((a, b) => a.name.localeCompare(b.name));
  }
}
