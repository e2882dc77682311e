import { describe, expect, it } from 'vitest';
import { readAuth, readSecret, readTls, type SecretRule } from '../../slo/connection-reader.ts';
import { type DefinitionReader, readDefinition } from '../../slo/definition-reader.ts';
import type { Diagnostic } from '../../slo/diagnostic.ts';

const SECRET = 'hunter2-is-no-name';

function read<Value>(
  value: Readonly<Record<string, unknown>>,
  take: (reader: DefinitionReader) => Value,
): { readonly value: Value | undefined; readonly problems: readonly Diagnostic[] } {
  const problems: Diagnostic[] = [];
  const shape = { known: Object.keys(value), example: '{}' };
  const reader = readDefinition(value, 'given', (problem) => problems.push(problem), shape);
  return { value: reader && take(reader), problems };
}

const readPassword = (password: unknown, rule?: SecretRule) =>
  read({ password }, (reader) => readSecret(reader, 'password', rule));

describe('a secret', () => {
  it('is a variable or a file, whose path leads where the rule says', () => {
    const variable = { kind: 'secret', environment: 'TOKEN' };
    expect(readPassword(variable)).toEqual({ value: variable, problems: [] });
    expect(readPassword({ kind: 'secret', file: 'a' }).value).toEqual({
      kind: 'secret',
      file: 'a',
    });
    const placed = readPassword({ kind: 'secret', file: 'a' }, { place: (file) => `/run/${file}` });
    expect(placed.value).toEqual({ kind: 'secret', file: '/run/a' });
  });

  const nowhere: SecretRule = { place: () => undefined, misplaced: 'Not there' };
  it.each<[string, unknown, string, string, SecretRule?]>([
    ['written out', SECRET, 'given.password', 'secret-in-text'],
    [
      'a secret in place of a name',
      { kind: 'secret', environment: SECRET },
      'given.password.environment',
      'secret-in-text',
    ],
    [
      'a path that the rule refuses',
      { kind: 'secret', file: SECRET },
      'given.password.file',
      'secret-in-text',
      nowhere,
    ],
    ['both', { kind: 'secret', environment: 'A', file: SECRET }, 'given.password', 'wrong-type'],
    ['neither', { kind: 'secret' }, 'given.password', 'wrong-type'],
    ['a list', [SECRET], 'given.password', 'wrong-type'],
  ])('%s is refused and never printed', (_what, password, path, code, rule) => {
    const { value, problems } = readPassword(password, rule);
    expect(value).toBeUndefined();
    expect(problems).toEqual([expect.objectContaining({ path, code, severity: 'error' })]);
    expect(JSON.stringify(problems)).not.toContain(SECRET);
  });
});

describe('who calls', () => {
  it.each([
    [
      'both ways',
      { bearer: { kind: 'secret', environment: 'A' }, basic: {} },
      'Both bearer and basic',
    ],
    ['no way', {}, 'Neither bearer nor basic'],
  ])('%s is refused', (_what, auth, message) => {
    const { value, problems } = read({ auth }, (reader) => readAuth(reader, 'somebody'));
    expect(value).toBeUndefined();
    expect(problems.map((each) => each.message)).toEqual([expect.stringContaining(message)]);
  });
});

describe('TLS', () => {
  it('has its files where the rule says, and checks certificates unless told not to', () => {
    const key = { kind: 'secret', file: 'key.pem' };
    const tls = { ca: 'ca.pem', certificate: 'client.pem', key, serverName: 'a.example' };
    const rule = { place: (file: string) => `/etc/${file}` };
    expect(read({ tls }, (reader) => readTls(reader, rule))).toEqual({
      value: {
        ca: '/etc/ca.pem',
        certificate: '/etc/client.pem',
        key: { kind: 'secret', file: '/etc/key.pem' },
        serverName: 'a.example',
        verify: true,
      },
      problems: [],
    });
  });

  it('refuses half of a client certificate', () => {
    const { problems } = read({ tls: { certificate: 'client.pem' } }, (reader) => readTls(reader));
    expect(problems).toEqual([expect.objectContaining({ path: 'given.tls.key' })]);
  });
});
