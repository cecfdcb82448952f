import fc from 'fast-check';
import { inadmissible, readEnvelope, readPayload, secretKey, webhookTrigger } from '../../../lib/core/webhook';

const AT = 1_700_000_000_000;
const anything = fc.oneof(fc.string(), fc.string({ unit: 'binary' }), fc.constant(undefined));
const check = (property: fc.IProperty<unknown> | fc.IPropertyWithHooks<unknown>) =>
  fc.assert(property as fc.IProperty<unknown>, { seed: 5, numRuns: 500 });

test('whatever headers hold, an envelope is one unambiguous signed text, or they are refused', () => {
  const id = fc.oneof(anything, fc.stringMatching(/^[\w.,-]{1,20}$/));
  const timestamp = fc.oneof(anything, fc.integer({ min: 1_699_999_000, max: 1_700_001_000 }).map(String));
  const signature = fc.oneof(anything, fc.constant(`v1,${'A'.repeat(43)}=`));
  check(
    fc.property(id, timestamp, signature, (i, t, s) => {
      const envelope = readEnvelope({ 'webhook-id': i, 'webhook-timestamp': t, 'webhook-signature': s }, AT);
      if ('refused' in envelope) return envelope.refused !== '' && !/\n/.test(envelope.refused);
      // The first two full stops of the signed text are those that join its parts.
      const [first, second] = `${envelope.id}.${envelope.timestamp}.body`.split('.');
      return first === i && second === t && envelope.signatures.length > 0 && Math.abs(Number(t) - AT / 1000) <= 300;
    }),
  );
});

test('whatever a body says, it is a payload or told to be none, in one line', () => {
  const members = fc.record(
    {
      source: fc.anything(),
      metric: fc.anything(),
      value: fc.anything(),
      features: fc.anything(),
      other: fc.anything(),
    },
    { requiredKeys: [] },
  );
  const text = fc.oneof(
    fc.string(),
    members.map((body) => JSON.stringify(body, (_, value) => (typeof value === 'bigint' ? String(value) : value))),
    fc.json(),
  );
  check(
    fc.property(text, (body) => {
      const payload = readPayload(body);
      if ('invalid' in payload) return payload.invalid !== '' && !/[\n\r]/.test(payload.invalid);
      const { reason } = webhookTrigger({ id: 'x', payload, at: AT });
      return Number.isFinite(payload.value) && !/[\n\r\u2028\u2029]/.test(reason);
    }),
  );
});

test('valid payloads are read as they are', () => {
  const name = fc.stringMatching(/^[a-z_]{1,20}$/);
  const value = fc.double({ noNaN: true, noDefaultInfinity: true }).filter((number) => !Object.is(number, -0));
  check(
    fc.property(fc.record({ source: name, metric: name, value, features: fc.array(name) }), (payload) => {
      expect(readPayload(JSON.stringify(payload))).toEqual(payload);
    }),
  );
});

test('a key is what its bytes are in base64', () => {
  check(
    fc.property(fc.uint8Array({ maxLength: 80 }), (bytes) => {
      const base64 = Buffer.from(bytes).toString('base64');
      const fits = bytes.length >= 24 && bytes.length <= 64;
      return secretKey(`whsec_${base64}`) === (fits ? base64 : undefined);
    }),
  );
});

test('nothing but JSON within the limit is admitted', () => {
  check(
    fc.property(anything, fc.integer({ min: 0, max: 200 }), (type, bytes) => {
      const admitted = inadmissible({ 'content-type': type }, bytes, 100) === undefined;
      return !admitted || (bytes <= 100 && /^application\/json/i.test(type ?? ''));
    }),
  );
});
