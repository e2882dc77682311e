// The event scanner against JSON.parse: the same fields from the same bytes, and the same refusals.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compileField, type JsonObject } from '../../../../collector/sources/events/event-field.ts';
import { createEventScanner } from '../../../../collector/sources/events/event-scanner.ts';
import { createJsonDecoder } from '../../../../collector/sources/events/json-event.ts';

const FIELDS = ['status', 'time', 'http.status', 'a.b.c', 'ä', 'constructor'];
const scan = createEventScanner(FIELDS);
const parse = createJsonDecoder();

/** What the fields of an event are, or why it is none. */
function fieldsOf(decode: typeof scan, bytes: Buffer): unknown {
  // Between other bytes, as in a batch: nothing outside may matter.
  const framed = Buffer.concat([Buffer.from('"7{'), bytes, Buffer.from('9"}')]);
  const event = decode(framed, 3, 3 + bytes.length);
  if (typeof event === 'string') return event;
  return FIELDS.map((field) => compileField(field)(event));
}

const key = fc.oneof(
  fc.constantFrom(...FIELDS, 'http', 'a', 'x', '__proto__', ''),
  fc.string({ maxLength: 5 }),
);
const scalar = fc.oneof(
  fc.string({ unit: 'grapheme', maxLength: 12 }),
  fc.double(),
  fc.integer(),
  fc.constantFrom(null, true, false, 0, -0, 1e21, 1e-7, 123456789012345, '\\', '"', '\u2028'),
);
const value = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 3, depthIdentifier: 'value' },
    scalar,
    fc.array(tie('value'), { maxLength: 3 }),
    fc.dictionary(key, tie('value'), { maxKeys: 3 }),
  ),
})).value;
const space = fc.constantFrom('', '', ' ', '\n', '\t \r\n');
/** The text of an object, with room between its tokens and keys that may come twice. */
const text = fc
  .array(fc.record({ key, value, spaces: fc.tuple(space, space, space, space) }), { maxLength: 6 })
  .map(
    (members) =>
      `{${members
        .map(
          ({ key, value, spaces: [a, b, c, d] }) =>
            `${a}${JSON.stringify(key)}${b}:${c}${JSON.stringify(value) ?? 'null'}${d}`,
        )
        .join(',')}}`,
  );

describe('the event scanner', () => {
  it('reads the same fields as JSON.parse from every object', () => {
    fc.assert(
      fc.property(text, (text) => {
        expect(fieldsOf(scan, Buffer.from(text))).toEqual(fieldsOf(parse, Buffer.from(text)));
      }),
      { numRuns: 5_000 },
    );
  });

  it('takes and refuses the same bytes as JSON.parse, however they are bent', () => {
    const bend = fc.array(
      fc.record({
        at: fc.nat(),
        byte: fc.oneof(fc.nat(255), fc.constantFrom(...Buffer.from('"\\{}[],:0-.eEtu '))),
        kind: fc.constantFrom('set', 'cut', 'add'),
      }),
      { minLength: 1, maxLength: 3 },
    );
    fc.assert(
      fc.property(text, bend, (text, bends) => {
        let bytes = Buffer.from(text);
        for (const { at, byte, kind } of bends) {
          const place = at % bytes.length;
          const after = bytes.subarray(kind === 'add' ? place : place + 1);
          bytes = Buffer.concat([
            bytes.subarray(0, place),
            ...(kind === 'cut' ? [] : [Buffer.from([byte])]),
            after,
          ]);
          if (bytes.length === 0) break;
        }
        expect(fieldsOf(scan, bytes)).toEqual(fieldsOf(parse, bytes));
      }),
      { numRuns: 20_000 },
    );
  });

  it('takes and refuses the same odd texts', () => {
    for (const odd of [
      '',
      ' ',
      '{}',
      ' { } ',
      '{} x',
      '{"status":}',
      '{"status":1,}',
      '{,}',
      '{"status"}',
      '[1]',
      'null',
      '"x"',
      '1',
      '{"status":01}',
      '{"status":-}',
      '{"status":-0}',
      '{"status":1.}',
      '{"status":.5}',
      '{"status":1e}',
      '{"status":1e+5}',
      '{"status":+1}',
      '{"status":0x1}',
      '{"status":1_0}',
      '{"status":NaN}',
      '{"status":Infinity}',
      '{"status":truex}',
      '{"status":tru',
      '{"status":nul}',
      "{'status':1}",
      '{status:1}',
      '{"status":"\\x"}',
      '{"status":"\\u12"}',
      '{"status":"\\ud800"}',
      '{"st\\u0061tus":7}',
      '{"status":"a\nb"}',
      '{"status":"a\tb"}',
      '{"status":1}{"status":2}',
      '{"status":1,"status":2}',
      '{"status":[1,{"a":"]}"}]}',
      '{"x":[1,2}',
      '{"x":{"a":1]}',
      '{"x":[,]}',
      '{"ä":"ö"}',
      '\ufeff{"status":1}',
      '{"status":12345678901234567890}',
      '{"status":1e400}',
      '{"http":{"status":5},"http.status":6}',
      '{"a":{"b":{"c":[]}}}',
      '{"constructor":1}',
      '{"toString":1}',
      '{"__proto__":{"status":5}}',
      '{"status":"',
      '{"status',
      '{"x":"\\',
      '{"x":"\\u',
      `{"x":${'['.repeat(20_000)}`,
    ])
      expect([odd, fieldsOf(scan, Buffer.from(odd))]).toEqual([
        odd,
        fieldsOf(parse, Buffer.from(odd)),
      ]);
    for (const bytes of [
      Buffer.from([0x7b, 0x22, 0x73, 0xff, 0x22, 0x3a, 0x31, 0x7d]),
      Buffer.concat([Buffer.from('{"status":"'), Buffer.from([0xe2, 0x82]), Buffer.from('"}')]),
    ])
      expect(fieldsOf(scan, bytes)).toEqual(fieldsOf(parse, bytes));
  });

  it('leaves everything to JSON.parse when a field is called __proto__', () => {
    const decode = createEventScanner(['__proto__.x', '__proto__']);
    const bytes = Buffer.from('{"__proto__":{"x":5}}');
    const event = decode(bytes, 0, bytes.length) as JsonObject;
    expect(compileField('__proto__.x')(event)).toBe(5);
    expect(Object.getPrototypeOf(event)).toBe(Object.prototype);
  });

  it('refuses what is empty or too large before it looks', () => {
    const decode = createEventScanner(['status'], 10);
    expect(decode(Buffer.from('{}'), 1, 1)).toBe('empty');
    expect(decode(Buffer.from('{"status":200}'), 0, 14)).toBe('too-large');
  });
});
