import { randomUUID } from 'node:crypto';
import { AwsError } from '../gateway/service';

/** What a job worker reported. */
export type JobReport =
  | {
      readonly kind: 'success';
      readonly continuationToken?: string;
      readonly variables: Readonly<Record<string, string>>;
      readonly summary?: string;
      readonly externalExecutionId?: string;
    }
  | {
      readonly kind: 'failure';
      readonly code: string;
      readonly message: string;
      readonly externalExecutionId?: string;
    };

interface Job {
  readonly data: object;
  report?: JobReport;
  readonly settle: (report: JobReport) => void;
}

/** Jobs of Lambda actions between the invocation and PutJobSuccessResult or PutJobFailureResult. */
export class JobDesk {
  readonly #jobs = new Map<string, Job>();

  /** Opens a job; `data` is what GetJobDetails and the function's event show. */
  open(data: object): { readonly id: string; readonly report: Promise<JobReport> } {
    const id = randomUUID();
    const report = new Promise<JobReport>((settle) => this.#jobs.set(id, { data, settle }));
    return { id, report };
  }

  /** @throws AwsError JobNotFoundException, or InvalidJobStateException for a second report. */
  report(id: string, report: JobReport): void {
    const job = this.#find(id);
    if (job.report !== undefined) {
      throw new AwsError('InvalidJobStateException', `Job ${id} was already reported as ${job.report.kind}.`);
    }
    job.report = report;
    job.settle(report);
  }

  details(id: string): object {
    return this.#find(id).data;
  }

  #find(id: string): Job {
    const job = this.#jobs.get(id);
    if (job === undefined) throw new AwsError('JobNotFoundException', `There is no job ${id}.`);
    return job;
  }
}
