import { synthFailure } from '../../../lib/cli/run/synth';

test('a failed synthesis is told by its error, without bundling notes and stack trace', () => {
  const output = `  ...building/index.js  2.5mb

node:fs:2380
    return binding.writeFileUtf8(
                   ^

Error: ENOSPC: no space left on device, write
    at Object.writeFileSync (node:fs:2380:20) {
  errno: -28
}
node --import tsx bin/app.ts: Subprocess exited with error 1
`;
  expect(synthFailure(output, 1)).toBe('cdk synth failed: Error: ENOSPC: no space left on device, write');
});

test('without an error in it, the last lines of the output are told', () => {
  expect(synthFailure('assay.config.ts: region: must be set\nSubprocess exited with error 1\n', 1)).toBe(
    'cdk synth ended with 1:\nassay.config.ts: region: must be set\nSubprocess exited with error 1',
  );
});
