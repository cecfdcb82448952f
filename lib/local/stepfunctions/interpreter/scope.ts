import { StateError } from '../language/errors';
import { type Json, type JsonObject, jsonBytes } from '../language/json';

/** Step Functions' limit for all variables of an execution, in bytes of UTF-8. */
const VARIABLES_LIMIT = 10 * 1024 * 1024;

/** Variables of one flow. A branch or an iteration reads those around it and writes only its own. */
export class Scope {
  private values: JsonObject = {};

  constructor(private readonly outer?: Scope) {}

  variables(): JsonObject {
    return { ...this.outer?.variables(), ...this.values };
  }

  assign(values: JsonObject): void {
    const next = { ...this.values, ...values };
    if (jsonBytes(next) > VARIABLES_LIMIT) {
      throw new StateError('States.DataLimitExceeded', `the variables have more than ${VARIABLES_LIMIT} bytes`);
    }
    this.values = next;
  }

  /** A scope inside this one. */
  nested(): Scope {
    return new Scope(this);
  }
}

/** The iteration of Map that a state runs in: `$states.context.Map.Item`. */
export interface MapItem {
  readonly Index: number;
  readonly Value: Json;
}
