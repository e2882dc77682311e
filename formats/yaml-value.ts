// What the text of a YAML scalar stands for, by the rules of the reader that Alertmanager uses (yaml.v2: YAML 1.1 without base 60).
import type { YamlScalar } from './yaml-document.ts';

export type YamlValue =
  | { readonly type: 'null' }
  | { readonly type: 'boolean'; readonly value: boolean }
  | { readonly type: 'integer'; readonly value: bigint }
  | { readonly type: 'float'; readonly value: number }
  | { readonly type: 'timestamp' | 'string'; readonly value: string };

const TAGS = 'tag:yaml.org,2002:';
const NULLS = new Set(['', '~', 'null', 'Null', 'NULL']);
const TRUTHS = new Set('y Y yes Yes YES true True TRUE on On ON'.split(' '));
const FALSEHOODS = new Set('n N no No NO false False FALSE off Off OFF'.split(' '));
const SPECIAL_FLOAT = /^(?:([-+]?)\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN))$/;
const FLOAT = /^[-+]?(?:\.\d+|\d+(?:\.\d*)?)(?:[eE][-+]?\d+)?$/;
const TIMESTAMP =
  /^\d{4}-\d{1,2}-\d{1,2}(?:(?:[Tt]\d{1,2}:\d{1,2}:\d{1,2}(?:[.,]\d+)?(?:Z|[-+]\d{2}:\d{2}))|(?: \d{1,2}:\d{1,2}:\d{1,2}(?:[.,]\d+)?))?$/;

/** Whether the scalar is null as most people write it: `null`, `~`, nothing, or tagged as null. */
export function isYamlNull({ value, tag, implicit }: YamlScalar): boolean {
  if (tag !== '') return tag === `${TAGS}null`;
  return implicit && (value === 'null' || value === '~' || value === '');
}

/** Whether a text in quotes says null; yaml.v2 keeps it a text, but asks no type of its own to read it. */
export function isQuotedNull({ value, tag, implicit }: YamlScalar): boolean {
  return tag === '' && !implicit && (value === 'null' || value === '~');
}

/** @throws SyntaxError when an explicit tag does not fit the text */
export function resolveYamlScalar({ value, tag, implicit }: YamlScalar): YamlValue {
  if (tag === '' && !implicit) return { type: 'string', value };
  if (tag === `${TAGS}binary`) return { type: 'string', value: decodeBase64(value) };
  if (tag !== '' && !RESOLVABLE.has(tag)) return { type: 'string', value };
  if (tag === `${TAGS}str`) return { type: 'string', value };
  const resolved = resolvePlain(value, tag);
  if (tag === '' || tag === `${TAGS}${TAG_NAMES[resolved.type]}`) return resolved;
  if (tag === `${TAGS}float` && resolved.type === 'integer') {
    return { type: 'float', value: Number(resolved.value) };
  }
  throw new SyntaxError(
    `cannot decode !!${TAG_NAMES[resolved.type]} \`${value}\` as a ${tag.replace(TAGS, '!!')}`,
  );
}

const TAG_NAMES = {
  null: 'null',
  boolean: 'bool',
  integer: 'int',
  float: 'float',
  timestamp: 'timestamp',
  string: 'str',
} as const;
const RESOLVABLE: ReadonlySet<string> = new Set(
  Object.values(TAG_NAMES).map((name) => TAGS + name),
);

function resolvePlain(text: string, tag: string): YamlValue {
  if (NULLS.has(text)) return { type: 'null' };
  if (TRUTHS.has(text)) return { type: 'boolean', value: true };
  if (FALSEHOODS.has(text)) return { type: 'boolean', value: false };
  const special = SPECIAL_FLOAT.exec(text);
  if (special !== null) {
    const infinite = special[1] === '-' ? -Infinity : Infinity;
    return { type: 'float', value: special[1] === undefined ? Number.NaN : infinite };
  }
  if (text.startsWith('.')) {
    return isFloat(text) ? { type: 'float', value: Number(text) } : { type: 'string', value: text };
  }
  if (!/^[-+\d]/.test(text)) return { type: 'string', value: text };
  if ((tag === '' || tag === `${TAGS}timestamp`) && TIMESTAMP.test(text)) {
    return { type: 'timestamp', value: text };
  }
  const plain = text.replaceAll('_', '');
  const integer = parseInteger(plain);
  if (integer !== undefined) return { type: 'integer', value: integer };
  if (isFloat(plain)) return { type: 'float', value: Number(plain) };
  return { type: 'string', value: text };
}

function isFloat(text: string): boolean {
  return FLOAT.test(text) && Number.isFinite(Number(text));
}

const INTEGER = /^([-+]?)(?:0[xX]([\da-fA-F]+)|0[oO]?([0-7]+)|0[bB]([01]+)|([1-9]\d*|0))$/;

/** Go's `strconv.ParseInt(text, 0, 64)`, or unsigned where that does not fit. */
function parseInteger(text: string): bigint | undefined {
  const match = INTEGER.exec(text);
  if (match === null) return undefined;
  const [, sign, hex, octal, binary, decimal] = match;
  const digits = hex ?? octal ?? binary ?? decimal ?? '';
  if (digits.length > 64) return undefined;
  const prefix =
    hex === undefined ? (octal === undefined ? (binary === undefined ? '' : '0b') : '0o') : '0x';
  const magnitude = BigInt(prefix + digits);
  if (sign === '-') return magnitude <= 2n ** 63n ? -magnitude : undefined;
  return magnitude < (sign === '+' ? 2n ** 63n : 2n ** 64n) ? magnitude : undefined;
}

/** @throws SyntaxError */
function decodeBase64(text: string): string {
  const body = text.replaceAll(/[\r\n]/g, '');
  if (!/^(?:[A-Za-z\d+/]{4})*(?:[A-Za-z\d+/]{2}==|[A-Za-z\d+/]{3}=)?$/.test(body)) {
    throw new SyntaxError('!!binary value contains invalid base64 data');
  }
  return new TextDecoder().decode(
    Uint8Array.from(atob(body), (character) => character.charCodeAt(0)),
  );
}
