import { isAuthentic, signatureOf } from '../../lambda/webhook/verify';
import { secretKey } from '../../lib/core/webhook';

/** The vector that the libraries of Standard Webhooks are tested with, in every language. */
const VECTOR = {
  secret: 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw',
  id: 'msg_p5jXN8AQM9LWM0D4loKWxJek',
  timestamp: '1614265330',
  body: '{"test": 2432232314}',
  signature: 'g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=',
};
const { id, timestamp, signature } = VECTOR;
const key = secretKey(VECTOR.secret) ?? '';
const body = Buffer.from(VECTOR.body);
const wrong = Buffer.alloc(32).toString('base64');
const other = Buffer.alloc(32, 1).toString('base64');

test('signatures are those of the published vector', () => {
  expect(signatureOf(key, VECTOR, body).toString('base64')).toBe(signature);
});

test('one right signature by one of the keys is enough', () => {
  expect(isAuthentic({ id, timestamp, signatures: [signature] }, body, [key])).toBe(true);
  expect(isAuthentic({ id, timestamp, signatures: [wrong, signature] }, body, [other, key])).toBe(true);
});

test.each([
  ['body', { id, timestamp, signatures: [signature] }, Buffer.from('{"test":2432232314}')],
  ['id', { id: `${id}x`, timestamp, signatures: [signature] }, body],
  ['timestamp', { id, timestamp: '1614265331', signatures: [signature] }, body],
  ['signature', { id, timestamp, signatures: [wrong] }, body],
  ['length of the signature', { id, timestamp, signatures: [signature.slice(0, 40)] }, body],
  ['signature, which is missing', { id, timestamp, signatures: [] }, body],
])('another %s is not authentic', (_what, envelope, bytes) => {
  expect(isAuthentic(envelope, bytes, [key])).toBe(false);
});

test('nothing is authentic without a key', () => {
  expect(isAuthentic({ id, timestamp, signatures: [signature] }, body, [])).toBe(false);
  expect(isAuthentic({ id, timestamp, signatures: [signature] }, body, [other])).toBe(false);
});

test('bytes are signed, not the text that they may stand for', () => {
  const bytes = Buffer.from([0x7b, 0xff, 0x7d]);
  const signed = signatureOf(key, VECTOR, bytes).toString('base64');
  expect(isAuthentic({ id, timestamp, signatures: [signed] }, bytes, [key])).toBe(true);
  expect(isAuthentic({ id, timestamp, signatures: [signed] }, Buffer.from(bytes.toString('utf8')), [key])).toBe(false);
});
