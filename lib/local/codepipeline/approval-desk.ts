import { AwsError } from '../gateway/service';
import type { ApprovalDecision, ApprovalRequest } from './ports';

interface Waiting {
  readonly request: ApprovalRequest;
  readonly settle: (decision: ApprovalDecision & { readonly by: string }) => void;
}

/** Approvals that wait for an answer through PutApprovalResult. */
export class ApprovalDesk {
  readonly #waiting = new Map<string, Waiting>();

  /** Resolves when PutApprovalResult answers this request. */
  open(request: ApprovalRequest): Promise<ApprovalDecision & { readonly by: string }> {
    return new Promise((settle) => this.#waiting.set(request.token, { request, settle }));
  }

  close(token: string): void {
    this.#waiting.delete(token);
  }

  /** @throws AwsError in the words of PutApprovalResult. */
  answer(place: Pick<ApprovalRequest, 'pipeline' | 'stage' | 'action' | 'token'>, decision: ApprovalDecision): void {
    const waiting = this.#waiting.get(place.token);
    if (waiting === undefined) {
      throw new AwsError('ApprovalAlreadyCompletedException', `No approval waits for the token ${place.token}.`);
    }
    const { request } = waiting;
    if (request.pipeline !== place.pipeline || request.stage !== place.stage || request.action !== place.action) {
      throw new AwsError(
        'InvalidApprovalTokenException',
        `The token belongs to ${request.pipeline}/${request.stage}/${request.action}.`,
      );
    }
    this.#waiting.delete(place.token);
    waiting.settle({ ...decision, by: 'PutApprovalResult' });
  }
}
