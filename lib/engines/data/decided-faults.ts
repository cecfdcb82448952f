import type { DecidedFault, Fault, Filter, RowFault } from '../../core/data/plan';
import { type Decided, holdsOne } from './decide';

/** Faults that a function decides over distinct values, each decided once, whichever question comes first. */
export class DecidedFaults {
  private readonly known = new Map<string, Promise<Decided>>();

  constructor(private readonly decide: (fault: DecidedFault, where: Filter | undefined) => Promise<Decided>) {}

  of(fault: DecidedFault, where: Filter | undefined): Promise<Decided> {
    const key = `${fault.name}\n${fault.column}\n${where?.sql.text ?? ''}`;
    const known = this.known.get(key);
    if (known !== undefined) return known;
    const made = this.decide(fault, where);
    this.known.set(key, made);
    return made;
  }

  /** The fault as one whose rows an engine finds by itself. */
  async findable(fault: Fault, where: Filter | undefined): Promise<Exclude<Fault, DecidedFault>> {
    if (fault.kind !== 'decided') return fault;
    const { values } = await this.of(fault, where);
    return { kind: 'row', when: holdsOne(fault.column, values), columns: [fault.column] } satisfies RowFault;
  }
}
