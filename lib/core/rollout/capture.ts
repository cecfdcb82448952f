import { type FleetSpec, isVariantName, VARIANTS, type VariantSpec } from './endpoint';
import { releaseIdOf } from './releases';
import type { VariantRelease } from './rollback';

/** What an endpoint keeps of its traffic, whatever serves. */
export interface CaptureRules {
  /** Share of requests, in percent, above 0. */
  readonly percent: number;
  /** s3:// URI above the folders of releases, without a slash at its end. */
  readonly root: string;
}

/** What one configuration keeps. */
export interface CaptureSpec {
  readonly percent: number;
  /** s3:// URI that tells the release of each variant: `<root>/blue=<release>/green=<release>`. */
  readonly destination: string;
}

/** Stands for the release of a variant that is not there, or whose model somebody made by hand. */
const NO_RELEASE = 'none';

/** Captured lines do not say which release answered; their folder does. */
export function captureOf(rules: CaptureRules, fleet: readonly VariantRelease[]): CaptureSpec {
  const releaseBehind = (name: string): string => {
    const arn = fleet.find(({ variant }) => variant.name === name)?.modelPackageArn;
    return arn === undefined ? NO_RELEASE : releaseIdOf(arn);
  };
  const folders = VARIANTS.map((name) => `${name}=${releaseBehind(name)}`);
  return { percent: rules.percent, destination: [rules.root, ...folders].join('/') };
}

/** The rules behind a configuration's capture; undefined for a destination that is not one of `captureOf`. */
export function rulesOf({ percent, destination }: CaptureSpec): CaptureRules | undefined {
  const root = /^(.+)\/blue=[^/]+\/green=[^/]+$/.exec(destination)?.[1];
  return root === undefined || percent <= 0 ? undefined : { percent, root };
}

/** The release of a captured variant by the folders of its object's key. */
export function releaseInKey(key: string, variant: string): string | undefined {
  if (!isVariantName(variant)) return undefined;
  const release = new RegExp(`(?:^|/)${variant}=([^/]+)/`).exec(key)?.[1];
  return release === NO_RELEASE ? undefined : release;
}

/** What names and builds the configurations of an endpoint. */
export interface FleetFacts {
  /** Name of the endpoint configuration with this content: the same content has the same name. */
  readonly configName: (variants: readonly VariantSpec[], capture?: CaptureSpec) => string;
  /** @default - nothing is captured */
  readonly capture?: CaptureRules;
}

/** The configuration that serves these releases, with these weights. */
export function fleetOf({ configName, capture }: FleetFacts, releases: readonly VariantRelease[]): FleetSpec {
  const variants = releases.map(({ variant }) => variant);
  if (capture === undefined) return { configName: configName(variants), variants };
  const captured = captureOf(capture, releases);
  return { configName: configName(variants, captured), variants, capture: captured };
}
