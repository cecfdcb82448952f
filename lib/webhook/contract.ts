/** Variables of the function. */
export const WEBHOOK_ENV = {
  application: 'APPLICATION',
  table: 'RETRAINING_TABLE',
  secretArn: 'SECRET_ARN',
  maxBodyBytes: 'MAX_BODY_BYTES',
  previousSecretHours: 'PREVIOUS_SECRET_HOURS',
} as const;

/** How a sender proves who it is: by a signature with the shared secret, or by IAM. */
export const WEBHOOK_PATHS = { signed: '/webhook', iam: '/webhook/iam' } as const;

/** In front of the items of the retraining table that say which deliveries were taken. */
export const DELIVERY_PREFIX = 'delivery#';

/** Name of the parameter that tells where the webhook of an application is. */
export const webhookParameter = (application: string): string => `/assay/${application}/webhook`;

/** Value of the parameter, as JSON. */
export interface WebhookLocation {
  /** For senders with the secret. */
  readonly url: string;
  /** For callers that sign with IAM. */
  readonly iamUrl: string;
  readonly secretArn: string;
  /** How long the previous secret goes on being valid after a rotation. */
  readonly previousSecretHours: number;
}

/** What the function reads of an HTTP API's event, payload format 2.0. */
export interface HttpApiEvent {
  readonly routeKey: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly isBase64Encoded: boolean;
  readonly requestContext: {
    readonly requestId: string;
    /** Milliseconds since the epoch. */
    readonly timeEpoch: number;
    readonly authorizer?: { readonly iam?: { readonly userArn?: string } };
  };
}

export interface HttpApiAnswer {
  readonly statusCode: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}
