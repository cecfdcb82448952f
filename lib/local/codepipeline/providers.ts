import type { ActionRunner } from './action';
import { runApproval } from './actions/approval';
import { runCodeBuild } from './actions/codebuild';
import { runLambda } from './actions/lambda';
import { runCodeCommitSource, runConnectionSource } from './actions/source-git';
import { runS3Source } from './actions/source-s3';
import { runStepFunctions } from './actions/stepfunctions';

/** Every action provider this engine executes, as `owner/category/provider`. */
export const PROVIDERS: Readonly<Record<string, ActionRunner>> = {
  'AWS/Source/CodeStarSourceConnection': runConnectionSource,
  'AWS/Source/CodeCommit': runCodeCommitSource,
  'AWS/Source/S3': runS3Source,
  'AWS/Build/CodeBuild': runCodeBuild,
  'AWS/Test/CodeBuild': runCodeBuild,
  'AWS/Invoke/Lambda': runLambda,
  'AWS/Invoke/StepFunctions': runStepFunctions,
  'AWS/Approval/Manual': runApproval,
};

export const providerKey = (owner: string, category: string, provider: string): string =>
  `${owner}/${category}/${provider}`;
