// The kind of probe for contracts: an HTTP answer must be what an OpenAPI document or a JSON Schema says.
import type { DefinitionReader } from '../../slo/definition-reader.ts';
import { isRecord } from '../../slo/plain-data.ts';
import type { Assertion } from '../assertion.ts';
import { defineProbe, type Expectations, type ProbeDefinition } from '../probe-definition.ts';
import type { Sources } from '../sources.ts';
import { HTTP_SOURCES, impliedSuccess } from './http.ts';
import {
  HTTP_REQUEST_PROPERTIES,
  type HttpRequestInput,
  type HttpRequestSettings,
  readHttpRequest,
} from './http-request.ts';
import {
  type PublishedSchema,
  type PublishedSchemaInput,
  readPublishedSchema,
} from './published-schema.ts';

const CONTRACT_SOURCES = {
  ...HTTP_SOURCES,
  /** What breaks the contract: `'body /items/0/price must be number'`. */
  violations: { type: 'list' },
} as const satisfies Sources;

export interface ContractInput extends HttpRequestInput, Expectations<typeof CONTRACT_SOURCES> {
  /** File of an OpenAPI 3.0 or 3.1 document, YAML or JSON, relative to the workspace. Either this or `schema`. */
  readonly openapi?: string;
  /** Whose answers it must give: an operationId, or `'GET /orders/{id}'`. Goes with `openapi`. */
  readonly operation?: string;
  /**
   * A JSON Schema of the body (draft 6, 7, 2019-09 or 2020-12): a file, if need be with a place in it,
   * `'order.json#/$defs/Order'`; or where it is published, `{ registry: 'https://registry.example', subject: 'orders', version: 3 }`.
   */
  readonly schema?: string | PublishedSchemaInput;
}

export interface ContractSettings {
  readonly request: HttpRequestSettings;
  readonly document:
    | { readonly openapi: string; readonly operation: string }
    | { readonly schema: string; readonly pointer: string }
    | PublishedSchema;
}

const NO_VIOLATIONS: Assertion = {
  source: 'violations',
  type: 'list',
  operator: 'hasLength',
  operand: 0,
};

/**
 * One HTTP request whose answer keeps a contract: a status that is described, the headers and the body as their schemas
 * have them. Unless something is said of the status, it must be 200 to 299 as well.
 * @example
 * contract({ url: 'https://shop.example/orders/7', openapi: 'shop.openapi.yaml', operation: 'getOrder' })
 */
export function contract(input: ContractInput): ProbeDefinition {
  const shape = {
    known: [...HTTP_REQUEST_PROPERTIES, 'openapi', 'operation', 'schema'],
    needed: ['url'],
    example: `contract({ url: 'https://shop.example/orders/7', openapi: 'shop.openapi.yaml', operation: 'getOrder' })`,
    sources: CONTRACT_SOURCES,
    implied: (written: readonly Assertion[]) => [
      ...impliedSuccess(written),
      ...(written.some(({ source }) => source === 'violations') ? [] : [NO_VIOLATIONS]),
    ],
  };
  return defineProbe<typeof CONTRACT_SOURCES, ContractSettings>(
    'contract',
    input,
    shape,
    (reader) => {
      const request = readHttpRequest(reader);
      const document = readDocument(reader);
      if (request === undefined || document === undefined) return undefined;
      return {
        target: `${request.method} ${request.url} as ${nameOf(document)}`,
        settings: { request, document },
      };
    },
  );
}

function nameOf(document: ContractSettings['document']): string {
  if ('openapi' in document) return document.operation;
  return 'published' in document ? document.name : document.schema;
}

function readDocument(reader: DefinitionReader): ContractSettings['document'] | undefined {
  const openapi = reader.text('openapi', 4096);
  const operation = reader.text('operation', 500);
  const published = isRecord(reader.raw('schema'));
  const schema = published ? undefined : reader.text('schema', 4096);
  if (reader.has('openapi') === reader.has('schema'))
    return reader.refuse('schema', {
      code: 'missing-field',
      message: reader.has('schema')
        ? 'Both openapi and schema are given.'
        : 'Neither openapi nor schema is given.',
      remedy: `Write openapi: 'shop.openapi.yaml', operation: 'getOrder', or schema: 'order.schema.json'.`,
    });
  if (reader.has('openapi') !== reader.has('operation'))
    return reader.refuse('operation', {
      code: reader.has('operation') ? 'unknown-field' : 'missing-field',
      message: reader.has('operation')
        ? 'A JSON Schema has no operations.'
        : 'Which operation it is, is not said.',
      remedy: `Write openapi and operation, an operationId or 'GET /orders/{id}'.`,
    });
  if (openapi !== undefined && operation !== undefined) return { openapi, operation };
  if (published) return readPublishedSchema(reader);
  if (schema === undefined) return undefined;
  const [file = '', pointer = ''] = schema.split('#', 2);
  if (file !== '' && (pointer === '' || pointer.startsWith('/'))) return { schema: file, pointer };
  return reader.refuse('schema', {
    code: 'wrong-type',
    message: `'${schema}' is no file with a place in it.`,
    remedy: `Write 'order.json' or 'order.json#/$defs/Order'.`,
  });
}
