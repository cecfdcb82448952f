import { Template } from 'aws-cdk-lib/assertions';
import { testApp } from '../infrastructure/app';
import { machines } from '../infrastructure/asl';
import type { Definition } from '../local/stepfunctions/harness';

/** The definition as it is in the template, its functions known by logical id. */
export function trainMachine(): Definition {
  const [machine] = Object.values(machines(Template.fromStack(testApp().stacks.pipeline)));
  const text = JSON.stringify(machine).replace(/<(Training\w+)>/g, 'arn:aws:lambda:eu-west-1:123456789012:function:$1');
  return JSON.parse(text) as Definition;
}
