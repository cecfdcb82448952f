import { deliveryId, inadmissible, readEnvelope } from '../../../lib/core/webhook';

const AT = 1_614_265_330_000;
const SIGNATURE = 'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=';
const headers = {
  'webhook-id': 'msg_1',
  'webhook-timestamp': '1614265330',
  'webhook-signature': SIGNATURE,
};
const read = (changed: Readonly<Record<string, string | undefined>>, at = AT) =>
  readEnvelope({ ...headers, ...changed }, at);

test('well formed headers of a present delivery are read', () => {
  expect(read({})).toEqual({ id: 'msg_1', timestamp: '1614265330', signatures: [SIGNATURE.slice(3)] });
});

test.each([
  ['webhook-id', ['', 'a,b', 'msg_1,msg_1', 'a.1614265330', 'a b', 'ü', 'a\nb', 'x'.repeat(129)]],
  ['webhook-timestamp', ['', '0', '-1', '1e9', '1614265330.0', ' 1614265330', '1614265330,1614265330', '01614265330']],
  [
    'webhook-signature',
    [
      '',
      'v1',
      'v1,',
      'v1,short',
      `${SIGNATURE},${SIGNATURE}`,
      `${SIGNATURE}, ${SIGNATURE}`,
      `${SIGNATURE}  ${SIGNATURE}`,
    ],
  ],
  [
    'webhook-signature',
    [SIGNATURE.slice(3), `v2,${SIGNATURE.slice(3)}`, Array(9).fill(SIGNATURE).join(' '), `${SIGNATURE}=`],
  ],
])('%s that is malformed or repeated is refused', (name, values) => {
  for (const value of values)
    expect([value, read({ [name]: value })]).toEqual([
      value,
      { refused: expect.stringContaining(`${name} is malformed`) },
    ]);
  expect(read({ [name]: undefined })).toEqual({ refused: `${name} is missing` });
});

test('several signatures are kept, those of other schemes are passed over', () => {
  const other = `v1,${'A'.repeat(43)}=`;
  expect(read({ 'webhook-signature': `v1a,cHVibGlj ${other} ${SIGNATURE}` })).toMatchObject({
    signatures: [`${'A'.repeat(43)}=`, SIGNATURE.slice(3)],
  });
});

test('the signed time may be 300 s off in both directions, and no more', () => {
  for (const seconds of [-300, 0, 300]) expect(read({}, AT + seconds * 1000)).toHaveProperty('id');
  expect(read({}, AT + 300_001)).toEqual({ refused: expect.stringContaining('300 s old') });
  expect(read({}, AT - 300_001)).toEqual({ refused: expect.stringContaining('300 s ahead') });
  expect(read({}, Number.NaN)).toHaveProperty('refused');
});

test('an id is visible characters without the two that join', () => {
  expect(deliveryId({ 'webhook-id': 'urn:uuid:f81d4fae-7dec/+=~!' })).toBe('urn:uuid:f81d4fae-7dec/+=~!');
  expect(deliveryId({})).toBeUndefined();
});

describe('before a signature is computed', () => {
  const json = { 'content-type': 'application/json' };

  test('bodies up to the limit pass', () => {
    expect(inadmissible(json, 65_536, 65_536)).toBeUndefined();
    expect(inadmissible(json, 65_537, 65_536)).toEqual({ status: 413, message: expect.stringContaining('65536') });
    expect(inadmissible(json, Number.NaN, 65_536)).toMatchObject({ status: 413 });
  });

  test.each(['application/json; charset=utf-8', 'Application/JSON;charset="UTF-8"'])('%s passes', (type) => {
    expect(inadmissible({ 'content-type': type }, 1, 10)).toBeUndefined();
  });

  test.each([
    undefined,
    'text/plain',
    'application/jsonp',
    'application/json; charset=latin1',
    'application/json,application/json',
    'application/json; charset=utf-8; x=y',
  ])('the content type %s does not', (type) => {
    expect(inadmissible({ 'content-type': type }, 1, 10)).toMatchObject({ status: 415 });
  });

  test('nor does a compressed body', () => {
    expect(inadmissible({ ...json, 'content-encoding': 'gzip' }, 1, 10)).toMatchObject({ status: 415 });
  });
});
