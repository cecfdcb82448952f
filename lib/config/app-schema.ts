import * as z from 'zod';
import { notifications } from './app-notifications';
import { pullRequests } from './app-pull-requests';
import { triggersSchema } from './triggers-schema';

const region = z.string().regex(/^[a-z]{2}(-[a-z]+)+-\d$/, 'is an AWS region, e.g. us-east-1');
const branch = z.string().min(1).default('main');
const instanceType = z.string().regex(/^ml\.[a-z0-9-]+\.[a-z0-9]+$/, 'is a SageMaker instance type, e.g. ml.m5.large');

const connection = z.strictObject({
  type: z.literal('connection'),
  /** Made once in the console, where the Git host asks for consent. */
  connectionArn: z
    .string()
    .regex(
      /^arn:aws:(codeconnections|codestar-connections):[a-z0-9-]+:\d{12}:connection\/.+$/,
      'is the ARN of a connection, arn:aws:codeconnections:<region>:<account>:connection/<id>',
    ),
  repository: z.string().regex(/^[^/\s]+(\/[^/\s]+)+$/, 'is "owner/name"'),
  branch,
});

const codecommit = z.strictObject({
  type: z.literal('codecommit'),
  repository: z.string().regex(/^[\w.-]{1,100}$/, 'is the name of a CodeCommit repository'),
  branch,
});

const s3 = z.strictObject({
  type: z.literal('s3'),
  /** A versioned bucket that somebody else owns. */
  bucket: z.string().regex(/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/, 'is the name of an S3 bucket'),
  key: z.string().regex(/\.zip$/, 'is the key of a .zip archive of the repository'),
});

const environment = z.strictObject({
  instanceType: instanceType.default('ml.m5.large'),
  instanceCount: z.number().int().min(1).max(100).default(1),
});

const workload = z.strictObject({
  /** Folder with gates.yaml, relative to the root of the pushed repository. */
  path: z
    .string()
    .min(1)
    .refine(
      (path) => !path.startsWith('/') && !path.split('/').includes('..'),
      'is a relative path inside the repository',
    )
    .default('examples/churn'),
  /** `combined`: the repository holds Assay as well, and pushes test both. `own`: it holds the workload only. */
  repository: z.enum(['combined', 'own']).default('combined'),
});

/** `assay.config.ts`. */
export const appSchema = z
  .strictObject({
    /** Part of every name. Short, because SageMaker names end at 63 characters. */
    application: z
      .string()
      .regex(
        /^[a-z][a-z0-9]*(-[a-z0-9]+)*$/,
        'has lower-case letters, digits and single hyphens, and starts with a letter',
      )
      .max(24, 'has 24 characters at most')
      .default('churn'),
    region: region.default('us-east-1'),
    workload: workload.prefault({}),
    source: z.discriminatedUnion('type', [connection, codecommit, s3]),
    environments: z
      .strictObject({
        staging: environment.prefault({}),
        production: environment
          .extend({
            approval: z
              .strictObject({
                /** `false`: a release that passed every gate goes to production by itself. */
                required: z.boolean().default(true),
                /** How long a release waits for a person before it counts as rejected. */
                timeoutHours: z.number().int().min(1).max(1440).default(168),
              })
              .prefault({}),
          })
          .prefault({}),
      })
      .prefault({}),
    training: z
      .strictObject({
        instanceType: instanceType.default('ml.m5.large'),
        volumeGiB: z.number().int().min(1).max(16_384).default(10),
        /** Upper bound for every training job; gates.yaml may ask for less. */
        maxRuntimeMinutes: z.number().int().min(1).max(1440).default(60),
      })
      .prefault({}),
    /** Image that trains and serves. @default - AWS's scikit-learn image of the region */
    image: z
      .string()
      .regex(/^\S+(:[\w.-]+|@sha256:[0-9a-f]{64})$/, 'is an image URI with a tag or a digest')
      .max(255)
      .optional(),
    triggers: triggersSchema.prefault({}),
    notifications: notifications.prefault({}),
    pullRequests: pullRequests.prefault({}),
  })
  .refine(
    ({ source, pullRequests: { enabled, host } }) => {
      const nested = source.type === 'connection' && source.repository.split('/').length > 2;
      return !(nested && enabled && host !== 'gitlab');
    },
    {
      path: ['pullRequests', 'host'],
      message: 'only GitLab has repositories in groups: is "gitlab", or source.repository is "owner/name"',
    },
  );
