import { BatchGetImageCommand, ECRClient, RepositoryNotFoundException } from '@aws-sdk/client-ecr';
import { mockClient } from 'aws-sdk-client-mock';
import { resolveImage } from '../../lib/release/image';

const DIGEST = `sha256:${'a'.repeat(64)}`;
const IMAGE = '683313688378.dkr.ecr.us-east-1.amazonaws.com/sagemaker-scikit-learn:1.4-2-cpu-py3';
const ecr = mockClient(ECRClient);
beforeEach(() => ecr.reset());

test('a tag is pinned by what the registry has behind it', async () => {
  ecr.on(BatchGetImageCommand).resolves({ images: [{ imageId: { imageDigest: DIGEST } }] });
  expect(await resolveImage(IMAGE)).toEqual({ image: `${IMAGE}@${DIGEST}`, imageDigest: DIGEST });
  expect(ecr.commandCalls(BatchGetImageCommand)[0]?.args[0].input).toEqual({
    registryId: '683313688378',
    repositoryName: 'sagemaker-scikit-learn',
    imageIds: [{ imageTag: '1.4-2-cpu-py3' }],
  });
});

test('a pinned image is taken as it is, without asking', async () => {
  expect(await resolveImage(`example.com/x@${DIGEST}`)).toEqual({
    image: `example.com/x@${DIGEST}`,
    imageDigest: DIGEST,
  });
  expect(ecr.calls()).toHaveLength(0);
});

test('an unknown tag, an unknown repository and another registry are refused by name', async () => {
  ecr.on(BatchGetImageCommand).resolvesOnce({ failures: [{ failureReason: 'Requested image not found' }] });
  await expect(resolveImage(IMAGE)).rejects.toThrow(
    'image sagemaker-scikit-learn:1.4-2-cpu-py3 of registry 683313688378: Requested image not found',
  );
  ecr
    .on(BatchGetImageCommand)
    .rejects(new RepositoryNotFoundException({ message: 'no such repository', $metadata: {} }));
  await expect(resolveImage(IMAGE)).rejects.toThrow('RepositoryNotFoundException: no such repository');
  await expect(resolveImage('docker.io/library/python:3.11')).rejects.toThrow('cannot be pinned');
});
