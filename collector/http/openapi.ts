// The OpenAPI 3.1 document, made from the routes' own schemas.
import swagger from '@fastify/swagger';
import type { FastifyInstance } from 'fastify';
import { jsonSchemaTransform, jsonSchemaTransformObject } from 'fastify-type-provider-zod';
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
  const document = structuredClone(app.swagger()) as unknown as {
    paths: Record<string, Record<string, { requestBody?: object }>>;
  };
  // Bodies of telemetry are bytes to the server, so no route schema describes them.
  describeBody(document.paths['/api/v1/write']?.['post'], REMOTE_WRITE_TYPES, { type: 'string' });
  describeBody(document.paths['/api/v1/ingest/{stream}']?.['post'], INGEST_TYPES, {});
  return document as unknown as OpenapiDocument;
}

function describeBody(
  operation: { requestBody?: object } | undefined,
  types: readonly string[],
  schema: JsonSchema,
): void {
  if (operation === undefined) return;
  const content = Object.fromEntries(types.map((type) => [type, { schema }]));
  operation.requestBody = { required: true, content };
}
