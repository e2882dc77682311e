import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { writeYaml, type YamlData } from '../../formats/yaml-writer.ts';

describe('YAML text', () => {
  it('is in block style, in the order given', () => {
    const data = {
      route: {
        receiver: 'default',
        group_by: ['slo'],
        routes: [{ receiver: 'a', continue: true }],
      },
      templates: [],
      empty: {},
      absent: undefined,
    };
    expect(writeYaml(data)).toBe(
      [
        'route:',
        '  receiver: default',
        '  group_by:',
        '    - slo',
        '  routes:',
        '    - receiver: a',
        '      continue: true',
        'templates: []',
        'empty: {}',
        '',
      ].join('\n'),
    );
  });

  it('quotes what a parser could take for something else', () => {
    expect(writeYaml(['no', 'y', '5m', '09:00', "it's", 'a: b', '', '#', '{{ x }}'])).toBe(
      [
        "- 'no'",
        "- 'y'",
        "- '5m'",
        "- '09:00'",
        "- 'it''s'",
        "- 'a: b'",
        "- ''",
        "- '#'",
        "- '{{ x }}'",
        '',
      ].join('\n'),
    );
  });

  it.each(['1.1', '1.2'] as const)('reads back as written by a parser of YAML %s', (version) => {
    const text = fc.oneof(
      fc.string(),
      fc.string({ unit: 'binary' }),
      fc.constantFrom('on', '~', '0o7', '1_0', '=', '<<', '1:30'),
    );
    const { data } = fc.letrec<{ data: YamlData }>((tie) => ({
      data: fc.oneof(
        { depthSize: 'small' },
        text,
        fc.integer(),
        fc.boolean(),
        fc.array(tie('data'), { maxLength: 4 }),
        fc.dictionary(
          text.filter((name) => name !== '__proto__' && name !== '<<'),
          tie('data'),
          { maxKeys: 4 },
        ),
      ),
    }));
    fc.assert(
      fc.property(data, (each) => {
        expect(parse(writeYaml(each), { version })).toEqual(each);
      }),
      { numRuns: 500 },
    );
  });
});
