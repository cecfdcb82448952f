import {
  CodePipelineClient,
  GetPipelineExecutionCommand,
  ListPipelineExecutionsCommand,
  PipelineExecutionNotFoundException,
  StartPipelineExecutionCommand,
} from '@aws-sdk/client-codepipeline';
import { mockClient } from 'aws-sdk-client-mock';

interface Execution {
  readonly id: string;
  status: string;
  readonly trigger: string;
}

/** CodePipeline as far as triggers use it: the same token is the same execution. */
export class FakePipeline {
  readonly executions: Execution[] = [];
  readonly client = mockClient(CodePipelineClient);
  /** Thrown by the next calls of StartPipelineExecution, before or after the execution was made. */
  readonly failures: { readonly when: 'before' | 'after'; readonly error: Error }[] = [];
  private readonly tokens = new Map<string, string>();

  constructor() {
    this.client.on(StartPipelineExecutionCommand).callsFake(({ variables, clientRequestToken }) => {
      const failure = this.failures.shift();
      if (failure?.when === 'before') throw failure.error;
      const id = this.tokens.get(clientRequestToken) ?? this.run(String(variables?.[0]?.value));
      this.tokens.set(clientRequestToken, id);
      if (failure?.when === 'after') throw failure.error;
      return { pipelineExecutionId: id };
    });
    this.client.on(GetPipelineExecutionCommand).callsFake(({ pipelineExecutionId }) => {
      const found = this.executions.find(({ id }) => id === pipelineExecutionId);
      if (found === undefined) throw new PipelineExecutionNotFoundException({ message: 'gone', $metadata: {} });
      const variables = [{ name: 'Trigger', resolvedValue: found.trigger }];
      return { pipelineExecution: { pipelineExecutionId, status: found.status, variables } };
    });
    this.client.on(ListPipelineExecutionsCommand).callsFake(() => ({
      pipelineExecutionSummaries: this.executions
        .map(({ id, status }) => ({ pipelineExecutionId: id, status }))
        .reverse(),
    }));
  }

  /** An execution that somebody else started. */
  run(trigger = 'push'): string {
    const id = `run-${this.executions.length + 1}`;
    this.executions.push({ id, status: 'InProgress', trigger });
    return id;
  }

  end(id: string, status = 'Succeeded'): void {
    const found = this.executions.find((execution) => execution.id === id);
    if (found === undefined) throw new Error(`no execution ${id}`);
    found.status = status;
  }

  /** Forgets tokens, as AWS does some day. */
  forgetTokens(): void {
    this.tokens.clear();
  }
}
