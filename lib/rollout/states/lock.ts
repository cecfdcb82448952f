import { Duration } from 'aws-cdk-lib';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import {
  Choice,
  Condition,
  Fail,
  type IChainable,
  Pass,
  type State,
  Succeed,
  Wait,
  WaitTime,
} from 'aws-cdk-lib/aws-stepfunctions';
import type { Construct } from 'constructs';
import type { LockAction } from '../records';
import { call } from './call';
import { EXECUTION, jsonata } from './expressions';

/** Times the lock is asked for while somebody else has it: ten minutes, for a rollout can take days. */
const MAX_LOCK_ASKS = 40;
const ASK_EVERY = Duration.seconds(15);

export interface TakeLockProps {
  readonly lock: IFunction;
  readonly action: LockAction;
  readonly taken: IChainable;
  /** Where a lock that stays with somebody else, and one that cannot be asked for, lead; `reason` names the holder. */
  readonly refused: IChainable;
}

/** Waits for the endpoint's lock. The variable `mark` says then how far an earlier execution of this run had come. */
export function takeLock(scope: Construct, { lock, action, taken, refused }: TakeLockProps): State {
  const take = call(scope, 'TakeLock', {
    lambda: lock,
    payload: { holder: EXECUTION, runId: jsonata('$runId'), action },
    into: 'lock',
    assign: {
      lockAsks: jsonata('$lockAsks + 1'),
      reason: jsonata('$states.result.Payload.reason'),
      mark: jsonata('$exists($states.result.Payload.mark) ? $states.result.Payload.mark : null'),
    },
    onError: refused,
  });
  const wait = Wait.jsonata(scope, 'WaitForLock', { time: WaitTime.duration(ASK_EVERY) });
  take.next(
    Choice.jsonata(scope, 'LockTaken?')
      .when(Condition.jsonata(jsonata('$lock.taken')), taken)
      .when(Condition.jsonata(jsonata(`$lockAsks < ${MAX_LOCK_ASKS}`)), wait)
      .otherwise(refused),
  );
  wait.next(take);
  return take;
}

/**
 * The ends of a machine that has the lock. Each is a state of its own, so that the graph of an execution shows what
 * came out; all of them give the lock back first, whatever happens then.
 */
export class Ends {
  private readonly release: State;

  constructor(
    private readonly scope: Construct,
    lock: IFunction,
    /** JSONata expression of what an execution that went well gives back. @default - the last function's answer */
    output?: string,
  ) {
    const done = Succeed.jsonata(scope, 'Done', output === undefined ? {} : { outputs: jsonata(output) });
    const failed = Fail.jsonata(scope, 'Failed', { error: jsonata('$end.error'), cause: jsonata('$end.cause') });
    const ended = Choice.jsonata(scope, 'WentWell?')
      .when(Condition.jsonata(jsonata('$end.error = ""')), done)
      .otherwise(failed);
    const release = call(scope, 'ReleaseLock', {
      lambda: lock,
      payload: { holder: EXECUTION, runId: jsonata('$runId'), action: 'rollout', release: true },
      into: 'lock',
      // The next one replaces a holder that has ended.
      onError: ended,
      errorInto: 'unreleased',
    });
    release.next(ended);
    this.release = release;
  }

  /** An end that succeeds. */
  good(id: string): Pass {
    return this.end(id, { error: '', cause: '' });
  }

  /** An end that fails. @param cause JSONata expression of one line */
  bad(id: string, error: string, cause: string): Pass {
    return this.end(id, { error, cause: jsonata(cause) });
  }

  private end(id: string, end: Readonly<Record<string, string>>): Pass {
    const pass = Pass.jsonata(this.scope, id, { assign: { end } });
    pass.next(this.release);
    return pass;
  }
}
