// The API's own description: the OpenAPI document and the page made from it, both built once.
import type { FastifyInstance } from 'fastify';
import { DOCS_POLICY, docsPage } from './docs-page.ts';
import { openapiDocument } from './openapi.ts';

export async function documentationRoutes(app: FastifyInstance): Promise<void> {
  let json = '';
  let html = '';
  app.addHook('onReady', async () => {
    const document = openapiDocument(app);
    json = JSON.stringify(document);
    html = docsPage(document);
  });
  const config = { otel: false };
  app.get('/api/v1/openapi.json', { config, schema: { hide: true } }, async (_request, reply) =>
    reply.type('application/json; charset=utf-8').send(json),
  );
  app.get('/docs', { config, schema: { hide: true } }, async (_request, reply) =>
    reply
      .type('text/html; charset=utf-8')
      .header('content-security-policy', DOCS_POLICY)
      .send(html),
  );
}
