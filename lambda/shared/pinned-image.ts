/**
 * An image URI as SageMaker takes it: with a tag or with a digest, not with both.
 * `repo:tag@sha256:…` becomes `repo@sha256:…`, because the digest says exactly what ran.
 */
export function pinnedImage(image: string): string {
  const [name = image, digest] = image.split('@', 2);
  return digest === undefined ? image : `${name.replace(/:[\w.-]+$/, '')}@${digest}`;
}
