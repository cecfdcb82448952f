/**
 * Accounts that own AWS's scikit-learn image, by region of the `aws` partition (image URI table of the SageMaker
 * Python SDK).
 */
const SCIKIT_LEARN_ACCOUNTS: Readonly<Record<string, string>> = {
  'af-south-1': '510948584623',
  'ap-east-1': '651117190479',
  'ap-northeast-1': '354813040037',
  'ap-northeast-2': '366743142698',
  'ap-northeast-3': '867004704886',
  'ap-south-1': '720646828776',
  'ap-south-2': '628508329040',
  'ap-southeast-1': '121021644041',
  'ap-southeast-2': '783357654285',
  'ap-southeast-3': '951798379941',
  'ap-southeast-4': '106583098589',
  'ca-central-1': '341280168497',
  'eu-central-1': '492215442770',
  'eu-central-2': '680994064768',
  'eu-north-1': '662702820516',
  'eu-south-1': '978288397137',
  'eu-south-2': '104374241257',
  'eu-west-1': '141502667606',
  'eu-west-2': '764974769150',
  'eu-west-3': '659782779980',
  'me-central-1': '272398656194',
  'me-south-1': '801668240914',
  'sa-east-1': '737474898029',
  'us-east-1': '683313688378',
  'us-east-2': '257758044811',
  'us-west-1': '746614075791',
  'us-west-2': '246618743249',
};

const DEFAULT_TAG = 'sagemaker-scikit-learn:1.4-2-cpu-py3';

/** Python of the default image: a push is tested on the version that will train and serve it. */
export const DEFAULT_PYTHON = '3.10';

/** URI of the image that trains and serves by default, or undefined where AWS publishes none that is known here. */
export function defaultImage(region: string): string | undefined {
  const account = SCIKIT_LEARN_ACCOUNTS[region];
  return account === undefined ? undefined : `${account}.dkr.ecr.${region}.amazonaws.com/${DEFAULT_TAG}`;
}

export interface EcrImage {
  readonly account: string;
  readonly region: string;
  readonly repository: string;
  readonly tag?: string;
  /** `sha256:<hex>` */
  readonly digest?: string;
}

const ECR_IMAGE =
  /^(\d{12})\.dkr\.ecr\.([a-z0-9-]+)\.amazonaws\.com(?:\.cn)?\/([^:@\s]+)(?::([\w.-]+))?(?:@(sha256:[0-9a-f]{64}))?$/;

/** The parts of an ECR image URI, or undefined if the URI is not one. */
export function parseEcrImage(uri: string): EcrImage | undefined {
  const [, account, region, repository, tag, digest] = ECR_IMAGE.exec(uri) ?? [];
  if (account === undefined || region === undefined || repository === undefined) return undefined;
  return {
    account,
    region,
    repository,
    ...(tag === undefined ? {} : { tag }),
    ...(digest === undefined ? {} : { digest }),
  };
}
