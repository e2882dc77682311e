// The body of a request as definitions write it: text, JSON or a form, with secrets by reference alone.
import type { SecretReference } from '../../slo/connection.ts';
import { readSecret } from '../../slo/connection-reader.ts';
import type { DefinitionReader } from '../../slo/definition-reader.ts';
import { frozenCopy, isRecord } from '../../slo/plain-data.ts';

/** What a request carries; references to secrets are replaced when it is sent. */
export type RequestBody =
  | { readonly text: string }
  | { readonly json: unknown }
  | { readonly form: Readonly<Record<string, string | SecretReference>> };

const LONGEST_BODY = 1_048_576;

/** The body in `body`, `json` or `form`; undefined when none of them is there. */
export function readBody(reader: DefinitionReader): RequestBody | undefined {
  const [first, second] = (['body', 'json', 'form'] as const).filter((name) => reader.has(name));
  if (first === undefined) return undefined;
  if (second !== undefined)
    return reader.refuse(second, {
      code: 'unknown-value',
      message: `Both ${first} and ${second} are given.`,
      remedy: 'Give one of them.',
      secret: true,
    });
  if (first === 'form') return readForm(reader);
  if (first === 'json') return readJson(reader);
  const text = reader.text('body', LONGEST_BODY);
  return text === undefined ? undefined : { text };
}

function readJson(reader: DefinitionReader): RequestBody | undefined {
  // A copy holds no functions and no cycles.
  const json: unknown = frozenCopy(reader.raw('json'));
  const text = JSON.stringify(json);
  const written = writtenSecret(json);
  if (written !== undefined)
    return reader.refuse('json', {
      code: 'secret-in-text',
      message: `'${written}' is written out here (its value is not shown).`,
      remedy: `Write ${written}: fromEnvironment('NAME').`,
      secret: true,
    });
  if (text.length <= LONGEST_BODY) return { json };
  return reader.refuse('json', {
    code: 'out-of-range',
    message: `It has ${text.length} characters.`,
    remedy: `Write at most ${LONGEST_BODY}.`,
    secret: true,
  });
}

/** Whether a text gets its secret part only when a journey runs. */
export function isVariable(text: string): boolean {
  return /\{\{\w+\}\}/.test(text);
}

const SECRET_FIELD = /password|passwd|secret|token|api-?key/i;

/** The name of a property whose name says that it is secret, and whose value is text. */
function writtenSecret(json: unknown): string | undefined {
  if (typeof json !== 'object' || json === null) return undefined;
  for (const [name, value] of Object.entries(json)) {
    const text = typeof value === 'string' && value !== '' && !isVariable(value);
    if (text && SECRET_FIELD.test(name)) return name;
    const inner = writtenSecret(value);
    if (inner !== undefined) return inner;
  }
  return undefined;
}

const MOST_FIELDS = 100;

function readForm(reader: DefinitionReader): RequestBody | undefined {
  const written = reader.raw('form');
  const names = isRecord(written) ? Object.keys(written).slice(0, MOST_FIELDS) : [];
  const fields = reader.object('form', {
    known: names,
    example: `{ user: 'probe' }`,
    secret: true,
  });
  if (fields === undefined) return undefined;
  const read = names.map((name) => {
    const value = fields.raw(name);
    const secret = typeof value !== 'string' || (SECRET_FIELD.test(name) && !isVariable(value));
    return [name, secret ? readSecret(fields, name) : fields.text(name, LONGEST_BODY)] as const;
  });
  const known = read.filter(
    (each): each is [string, string | SecretReference] => each[1] !== undefined,
  );
  return { form: Object.fromEntries(known) };
}
