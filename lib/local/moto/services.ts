/**
 * SigV4 names of the services that moto answers faithfully enough for a run. A service outside this list is refused:
 * moto would accept calls to many more and do nothing.
 */
export const MOTO_SERVICES: readonly string[] = [
  'application-autoscaling',
  'dynamodb',
  'ecr',
  'iam',
  'kms',
  'logs',
  'monitoring',
  's3',
  'secretsmanager',
  'sns',
  'sqs',
  'ssm',
  'sts',
  'tagging',
];
