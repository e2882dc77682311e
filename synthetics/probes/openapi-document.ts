// What an OpenAPI 3.0 or 3.1 document says of the answers of one operation.
import { isRecord } from '../../slo/plain-data.ts';
import { ProbeFailure } from '../probe-failure.ts';
import type { SchemaDialect } from './schema-validator.ts';

type Node = Readonly<Record<string, unknown>>;

export interface OpenapiOperation {
  /** The statuses that are described: `200`, `4XX`, `default`. */
  readonly statuses: readonly string[];
  /** What is said of answers with a status; undefined when nothing is. */
  response(status: number): OpenapiResponse | undefined;
  /** A schema of the document on its own, with everything that it refers to. */
  schema(part: Node): { readonly schema: object; readonly dialect: SchemaDialect };
}

export interface OpenapiResponse {
  /** As the document has it: `200`, `4XX`, `default`. */
  readonly status: string;
  readonly headers: readonly OpenapiHeader[];
  /** Media types with their schemas, if they have any. */
  readonly content: readonly { readonly type: string; readonly schema?: Node }[];
}

export interface OpenapiHeader {
  /** In lower case. */
  readonly name: string;
  readonly required: boolean;
  readonly schema?: Node;
}

const METHODS = ['get', 'put', 'post', 'delete', 'options', 'head', 'patch', 'trace'];

/** The operation with this id, or at `GET /orders/{id}`. @throws ProbeFailure `setup` */
export function findOperation(document: unknown, operation: string): OpenapiOperation {
  const written = record(document)['openapi'];
  const version = typeof written === 'string' ? written : '';
  if (!isRecord(document) || !/^3\.[01]\b/.test(version))
    throw unusable(
      `it is no OpenAPI 3.0 or 3.1 document, but ${version === '' ? 'something else' : version}`,
    );
  const node = operationNode(document, operation);
  const responses = record(follow(document, node['responses']));
  const old = version.startsWith('3.0');
  return {
    statuses: Object.keys(responses),
    response(status) {
      const range = `${Math.floor(status / 100)}XX`;
      const found = [String(status), range, range.toLowerCase(), 'default'].find((each) =>
        Object.hasOwn(responses, each),
      );
      return found === undefined ? undefined : readResponse(document, found, responses[found]);
    },
    schema: (part) => ({
      schema: {
        allOf: [old ? modern(part) : part],
        components: { schemas: schemasOf(document, old) },
      },
      dialect: old ? 'draft-07' : '2020-12',
    }),
  };
}

function operationNode(document: Node, operation: string): Node {
  const all = Object.entries(record(document['paths'])).flatMap(([path, item]) => {
    const methods = record(follow(document, item));
    return METHODS.filter((method) => isRecord(methods[method])).map((method) => {
      const node = record(methods[method]);
      return { names: [node['operationId'], `${method.toUpperCase()} ${path}`], node };
    });
  });
  const found = all.find(({ names }) => names.includes(operation));
  if (found !== undefined) return found.node;
  const known = all.slice(0, 10).map(({ names: [id, place] }) => String(id ?? place));
  throw unusable(`it has no operation '${operation}'; it has ${known.join(', ') || 'none'}`);
}

function readResponse(document: Node, status: string, written: unknown): OpenapiResponse {
  const node = record(follow(document, written));
  const headers = Object.entries(record(node['headers'])).map(([name, header]) => {
    const { required, schema } = record(follow(document, header)) as {
      required?: unknown;
      schema?: unknown;
    };
    return {
      name: name.toLowerCase(),
      required: required === true,
      ...(isRecord(schema) ? { schema } : {}),
    };
  });
  const content = Object.entries(record(node['content'])).map(([type, media]) => {
    const schema = record(media)['schema'];
    return { type: type.toLowerCase(), ...(isRecord(schema) ? { schema } : {}) };
  });
  return { status, headers, content };
}

const MOST_REFERENCES = 20;

/** What a reference within the document stands for. */
function follow(document: Node, written: unknown): unknown {
  let node = written;
  for (let count = 0; isRecord(node) && typeof node['$ref'] === 'string'; count += 1) {
    const reference = node['$ref'];
    if (!reference.startsWith('#/'))
      throw unusable(`it refers to another file, ${reference.slice(0, 100)}`);
    if (count >= MOST_REFERENCES)
      throw unusable(`its reference ${reference.slice(0, 100)} leads in a circle`);
    node = reference
      .slice(2)
      .split('/')
      .map((each) => decodeURIComponent(each).replaceAll('~1', '/').replaceAll('~0', '~'))
      .reduce<unknown>((at, name) => record(at)[name], document);
  }
  return node;
}

function schemasOf(document: Node, old: boolean): Node {
  const schemas = record(record(document['components'])['schemas']);
  if (!old) return schemas;
  return Object.fromEntries(
    Object.entries(schemas).map(([name, schema]) => [name, modern(schema)]),
  );
}

/**
 * A schema of OpenAPI 3.0 as JSON Schema: `nullable`, flags for exclusive limits, references that hide what stands beside
 * them, and properties that only requests have.
 */
function modern(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(modern);
  if (!isRecord(schema)) return schema;
  if (typeof schema['$ref'] === 'string') return { $ref: schema['$ref'] };
  const result: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(schema)) {
    if (['allOf', 'anyOf', 'oneOf', 'not', 'items', 'additionalProperties'].includes(name))
      result[name] = modern(value);
    else if (name === 'properties')
      result[name] = Object.fromEntries(
        Object.entries(record(value)).map(([key, each]) => [key, modern(each)]),
      );
    else if (name !== 'nullable' && name !== 'example') result[name] = value;
  }
  for (const [flag, limit] of [
    ['exclusiveMinimum', 'minimum'],
    ['exclusiveMaximum', 'maximum'],
  ] as const) {
    if (typeof result[flag] !== 'boolean') continue;
    if (result[flag]) {
      result[flag] = result[limit];
      delete result[limit];
    } else delete result[flag];
  }
  const properties = record(schema['properties']);
  if (Array.isArray(result['required']))
    result['required'] = result['required'].filter(
      (name) => record(properties[String(name)])['writeOnly'] !== true,
    );
  return schema['nullable'] === true ? { anyOf: [{ type: 'null' }, result] } : result;
}

function record(value: unknown): Node {
  return isRecord(value) ? value : {};
}

function unusable(reason: string): ProbeFailure {
  return new ProbeFailure('setup', `the contract cannot be used: ${reason}`);
}
