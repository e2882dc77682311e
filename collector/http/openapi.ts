// The OpenAPI 3.1 document, made from the routes' own schemas.
import swagger from '@fastify/swagger';
import type { FastifyInstance } from 'fastify';
import { jsonSchemaTransform, jsonSchemaTransformObject } from 'fastify-type-provider-zod';
import { IngestAnswer } from './contract.ts';
import { PROBLEM_TYPE } from './problem.ts';
import { INGEST_TYPES, REMOTE_WRITE_TYPES } from './receivers.ts';

/** What of the document our own pages and tests read. */
export interface OpenapiDocument {
  readonly openapi: string;
  readonly info: {
    readonly title: string;
    readonly version: string;
    readonly description?: string;
  };
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components?: { readonly schemas?: Readonly<Record<string, JsonSchema>> };
}

export interface Operation {
  readonly summary?: string;
  readonly tags?: readonly string[];
  readonly parameters?: readonly {
    readonly name: string;
    readonly in: string;
    readonly required?: boolean;
    readonly description?: string;
    readonly schema: JsonSchema;
  }[];
  readonly requestBody?: { readonly content: Readonly<Record<string, { schema: JsonSchema }>> };
  readonly responses: Readonly<
    Record<
      string,
      {
        readonly description: string;
        readonly content?: Readonly<Record<string, { readonly schema: JsonSchema }>>;
      }
    >
  >;
}

export type JsonSchema = Readonly<Record<string, unknown>>;

const DESCRIPTION = [
  'Error budgets, burn rates and alerts of a Ninefold collector, and the ways in for telemetry.',
  'Times are whole seconds since 1970, ratios run from 0 to 1.',
  'Errors are problem details (RFC 9457), listed in docs/api.md.',
].join(' ');

const TAGS = ['SLOs', 'Alerts', 'Sources', 'Telemetry in', 'Operation', 'Health'];

/** Collects every route that is registered after it. */
export async function registerOpenapi(app: FastifyInstance, version: string): Promise<void> {
  await app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: {
        title: 'Ninefold collector',
        version,
        description: DESCRIPTION,
        license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
      },
      tags: TAGS.map((name) => ({ name })),
      components: {
        securitySchemes: {
          token: {
            type: 'http',
            scheme: 'bearer',
            description: 'Needed when tokens are configured.',
          },
        },
      },
      security: [{}, { token: [] }],
    },
    transform: jsonSchemaTransform,
    transformObject: jsonSchemaTransformObject,
  });
}

/** The whole document; call it when all routes are registered. */
export function openapiDocument(app: FastifyInstance): OpenapiDocument {
  const document = structuredClone(app.swagger()) as unknown as Draft;
  // What comes in is described where it is used; of the named bodies only those that go out are left.
  for (const name of Object.keys(document.components.schemas))
    if (name.endsWith('Input')) delete document.components.schemas[name];
  for (const operations of Object.values(document.paths))
    for (const { responses } of Object.values(operations)) {
      const done = responses['200'];
      if (done?.description === 'Default Response') done.description = 'Done.';
    }
  describeTelemetry(document);
  return document as unknown as OpenapiDocument;
}

type Draft = {
  paths: Record<string, Record<string, Mutable<Operation>>>;
  components: { schemas: Record<string, JsonSchema> };
};
type Mutable<T> = T extends object ? { -readonly [K in keyof T]: Mutable<T[K]> } : T;

/** Telemetry and metrics are bytes and text to the server, so no route schema describes them. */
function describeTelemetry({ paths }: Draft): void {
  const write = paths['/api/v1/write']?.['post'];
  const ingest = paths['/api/v1/ingest/{stream}']?.['post'];
  const metrics = paths['/metrics']?.['get'];
  if (write !== undefined) {
    write.requestBody = { content: contentOf(REMOTE_WRITE_TYPES, { type: 'string' }) };
    write.responses = { '204': { description: 'Committed.' }, ...PROBLEMS };
  }
  if (ingest !== undefined) {
    ingest.requestBody = { content: contentOf(INGEST_TYPES, {}) };
    const answer = { $ref: `#/components/schemas/${IngestAnswer.meta()?.id}` };
    const content = contentOf(['application/json'], answer);
    ingest.responses = {
      '200': { description: 'Committed.', content },
      '207': { description: 'Committed but for the lines listed.', content },
      ...PROBLEMS,
    };
    ingest.parameters = [
      { name: 'stream', in: 'path', required: true, schema: { type: 'string' } },
      {
        name: 'Idempotency-Key',
        in: 'header',
        required: false,
        description: 'A batch that is sent again under the same key is counted once.',
        schema: { type: 'string' },
      },
    ];
  }
  if (metrics !== undefined) {
    const text = contentOf(['text/plain'], { type: 'string' });
    metrics.responses = { '200': { description: 'The text format.', content: text }, ...PROBLEMS };
  }
}

function contentOf(types: readonly string[], schema: JsonSchema) {
  return Object.fromEntries(types.map((type) => [type, { schema }]));
}

const problem = {
  [PROBLEM_TYPE]: { schema: { $ref: '#/components/schemas/Problem' } },
};
const PROBLEMS = {
  '4XX': { description: 'The request cannot be answered as it is.', content: problem },
  '5XX': { description: 'The collector cannot answer now.', content: problem },
};
