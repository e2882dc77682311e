// The kind of probe for gRPC: the health of a service, or one unary call.
import type { SecretReference, TlsSettings } from '../../slo/connection.ts';
import { readSecret, readTls, SECRET_NAME } from '../../slo/connection-reader.ts';
import type { DefinitionReader } from '../../slo/definition-reader.ts';
import { isRecord } from '../../slo/plain-data.ts';
import type { Assertion } from '../assertion.ts';
import { CERTIFICATE_SOURCES } from '../certificate.ts';
import { defineProbe, type Expectations, type ProbeDefinition } from '../probe-definition.ts';
import { type Sources, TIMING_SOURCES } from '../sources.ts';
import { printEndpoint } from './endpoint.ts';
import { readHostPort } from './host-port.ts';
import { type ProbeTls, readIp } from './http-request.ts';

/** What the end of a call can be asked for. */
const GRPC_SOURCES = {
  /** `OK`, `NOT_FOUND`, `UNAVAILABLE`, … */
  code: { type: 'text' },
  /** What the server says about the code; absent when it says nothing. */
  detail: { type: 'text' },
  /** `SERVING`, `NOT_SERVING`, `SERVICE_UNKNOWN` or `UNKNOWN`; absent for other calls than that of the health. */
  serving: { type: 'text' },
  /** Of the answer's beginning or end; values of the same name are joined by `, `. */
  metadata: { type: 'text', argument: 'header' },
  /** The bytes of the message as text, in which its texts stand as they are. */
  text: { type: 'text' },
  /** Bytes of the message. */
  size: { type: 'number' },
  ...TIMING_SOURCES,
  ...CERTIFICATE_SOURCES,
} as const satisfies Sources;

/** A field's value: whole numbers are varints, objects are messages, lists are repeated fields. */
export type GrpcValue =
  string | number | boolean | GrpcFields | SecretReference | readonly (string | number | boolean)[];

/** A message by the numbers of its fields: `{ 1: 'order-7', 2: { 1: true } }`. */
export type GrpcFields = { readonly [field: number]: GrpcValue };

export interface GrpcInput extends Expectations<typeof GRPC_SOURCES> {
  /** Host and port: `'orders.example:443'`. */
  readonly address: string;
  /** The service whose health is asked for (grpc.health.v1). @default the whole server's */
  readonly service?: string;
  /** A unary call instead: `'shop.v1.Orders/Get'`. */
  readonly call?: string;
  /** The message of the call. @default an empty one */
  readonly message?: GrpcFields;
  /** Sent with the call; secrets by reference. @default {} */
  readonly metadata?: Readonly<Record<string, string | SecretReference>>;
  /** TLS; `{}` is enough. @default none, HTTP/2 in the clear */
  readonly tls?: ProbeTls;
  readonly ip?: 4 | 6;
  /** Bytes of the answer at most, up to 64 MiB. @default 1048576 */
  readonly maxMessageBytes?: number;
}

export interface GrpcSettings {
  readonly host: string;
  readonly port: number;
  readonly health: boolean;
  /** `/grpc.health.v1.Health/Check`. */
  readonly path: string;
  readonly message: GrpcFields;
  readonly metadata: Readonly<Record<string, string | SecretReference>>;
  readonly tls?: TlsSettings;
  readonly ip?: 4 | 6;
  readonly maxMessageBytes: number;
}

const OK: Assertion = { source: 'code', type: 'text', operator: 'equals', operand: 'OK' };
const SERVING: Assertion = {
  source: 'serving',
  type: 'text',
  operator: 'equals',
  operand: 'SERVING',
};
const USUAL_BYTES = 1_048_576;
const MOST_BYTES = 67_108_864;

/**
 * A gRPC call. Unless something is said of the code, it must be OK; of a health check also `SERVING`, unless something
 * is said of that.
 * @example
 * grpc({ address: 'orders.example:443', tls: {}, service: 'shop.v1.Orders' })
 */
export function grpc(input: GrpcInput): ProbeDefinition {
  const health = isRecord(input) && !Object.hasOwn(input, 'call');
  const shape = {
    known: ['address', 'service', 'call', 'message', 'metadata', 'tls', 'ip', 'maxMessageBytes'],
    needed: ['address'],
    example: `grpc({ address: 'orders.example:443', tls: {}, service: 'shop.v1.Orders' })`,
    sources: GRPC_SOURCES,
    implied: (written: readonly Assertion[]) => {
      const told = (name: string) =>
        written.some(({ source, degrades }) => source === name && degrades !== true);
      if (told('code')) return [];
      return health && !told('serving') ? [OK, SERVING] : [OK];
    },
  };
  return defineProbe<typeof GRPC_SOURCES, GrpcSettings>('grpc', input, shape, (reader) => {
    const settings = readCall(reader, health);
    return settings && { target: `gRPC ${printEndpoint(settings)}${settings.path}`, settings };
  });
}

const NAME = /^[A-Za-z_][\w.]{0,199}$/;

function readCall(reader: DefinitionReader, health: boolean): GrpcSettings | undefined {
  const address = readHostPort(reader, 'address');
  const service = readName(reader, 'service', NAME, `'shop.v1.Orders'`);
  const call = readName(
    reader,
    'call',
    /^[A-Za-z_][\w.]{0,199}\/\w{1,200}$/,
    `'shop.v1.Orders/Get'`,
  );
  const idle = health ? 'message' : 'service';
  if (reader.has(idle))
    reader.refuse(idle, {
      code: 'unknown-field',
      message: health
        ? 'A health check has no message of its own.'
        : 'A call is of no other service.',
      remedy: health ? 'Write call, too, or service alone.' : 'Write call or service, not both.',
      secret: true,
    });
  const fields = reader.has('message') ? readFields(reader, 'message', 0) : {};
  const metadata = readMetadata(reader);
  const tls = readTls(reader);
  const ip = readIp(reader);
  const maxMessageBytes = reader.whole('maxMessageBytes', 1, MOST_BYTES) ?? USUAL_BYTES;
  if (address === undefined) return undefined;
  return {
    ...address,
    health,
    path: `/${call ?? 'grpc.health.v1.Health/Check'}`,
    message: health ? (service === undefined ? {} : { 1: service }) : fields,
    metadata,
    ...(tls === undefined ? {} : { tls }),
    ...(ip === undefined ? {} : { ip }),
    maxMessageBytes,
  };
}

function readName(
  reader: DefinitionReader,
  name: string,
  rule: RegExp,
  example: string,
): string | undefined {
  return reader.parsed(name, {
    code: 'not-a-name',
    parse: (text) => (rule.test(text) ? text : undefined),
    expected: `the name of a ${name}`,
    remedy: `Write it as its .proto file has it, with its package: ${example}.`,
  });
}

const MOST_FIELDS = 100;
const DEEPEST = 10;
const LARGEST_FIELD = 536_870_911;

function readFields(reader: DefinitionReader, name: string, depth: number): GrpcFields {
  const written = reader.raw(name);
  const names = isRecord(written) ? Object.keys(written).slice(0, MOST_FIELDS) : [];
  const numbers = names.filter(
    (each) => /^[1-9]\d{0,8}$/.test(each) && Number(each) <= LARGEST_FIELD,
  );
  const fields = reader.object(name, {
    known: numbers,
    example: `{ 1: 'order-7', 2: { 1: true } }, by the numbers of the fields`,
    secret: true,
  });
  if (fields === undefined) return {};
  const read = numbers.map((each) => [each, readValue(fields, each, depth)] as const);
  return Object.fromEntries(
    read.filter((each): each is [string, GrpcValue] => each[1] !== undefined),
  );
}

function readValue(fields: DefinitionReader, name: string, depth: number): GrpcValue | undefined {
  const written = fields.raw(name);
  if (isPlain(written)) return written;
  if (isRecord(written) && written['kind'] === 'secret') return readSecret(fields, name);
  if (isRecord(written) && depth < DEEPEST) return readFields(fields, name, depth + 1);
  if (Array.isArray(written) && written.length <= MOST_FIELDS && written.every(isPlain))
    return written;
  return fields.refuse(name, {
    code: 'wrong-type',
    message: 'This is no value of a field, or it is too large or too deep.',
    remedy:
      'Write text, a whole number, true, false, fields by number, or a list of texts or numbers.',
    secret: true,
  });
}

function isPlain(value: unknown): value is string | number | boolean {
  return typeof value === 'string' || typeof value === 'boolean' || Number.isSafeInteger(value);
}

const MOST_ENTRIES = 50;

function readMetadata(
  reader: DefinitionReader,
): Readonly<Record<string, string | SecretReference>> {
  const written = reader.raw('metadata');
  const names = isRecord(written) ? Object.keys(written).slice(0, MOST_ENTRIES) : [];
  const metadata = reader.object('metadata', { known: names, example: `{ 'x-team': 'shop' }` });
  if (metadata === undefined) return {};
  const read = names.map((name) => [name.toLowerCase(), readEntry(metadata, name)] as const);
  return Object.fromEntries(
    read.filter((each): each is [string, string | SecretReference] => each[1] !== undefined),
  );
}

function readEntry(metadata: DefinitionReader, name: string): string | SecretReference | undefined {
  const value = metadata.raw(name);
  if (!/^(?!grpc-)[\w.-]{1,100}$/i.test(name))
    return metadata.refuse(name, {
      code: 'not-a-name',
      message: 'This cannot be the name of metadata.',
      remedy: 'Use letters, digits, dashes, dots and underscores, and do not begin with grpc-.',
      secret: true,
    });
  if (typeof value !== 'string' || SECRET_NAME.test(name)) return readSecret(metadata, name);
  if (/^[\u0020-\u007E]{1,4096}$/.test(value)) return value;
  return metadata.refuse(name, {
    code: 'wrong-type',
    message: 'A value is empty, too long, or holds characters that HTTP does not send.',
    remedy:
      'Write 1 to 4096 ASCII characters without line breaks; bytes as base64 under a name that ends in -bin.',
  });
}
