// The API reference as one HTML page without any script, rendered from the OpenAPI document.
import { createHash } from 'node:crypto';
import type { JsonSchema, OpenapiDocument, Operation } from './openapi.ts';

const STYLE = `
:root{color-scheme:light dark;font:16px/1.5 system-ui,sans-serif}
body{max-width:60rem;margin:2rem auto;padding:0 1rem}
code,th{font-family:ui-monospace,monospace}
table{border-collapse:collapse;width:100%;margin:.5rem 0 1rem}
td,th{border-bottom:1px solid #8884;padding:.25rem .75rem .25rem 0;text-align:left;vertical-align:top;font-weight:400}
summary{cursor:pointer;padding:.25rem 0}
.method{display:inline-block;min-width:3.5rem;font-weight:700}
`;

/** Allows the page its one style block and nothing else. */
export const DOCS_POLICY = `default-src 'none'; style-src 'sha256-${createHash('sha256').update(STYLE).digest('base64')}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`;

/** The page's HTML; every text from the document is escaped. */
export function docsPage(document: OpenapiDocument): string {
  const { title, version, description = '' } = document.info;
  const operations = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ path, method, operation })),
  );
  const tags = Map.groupBy(operations, ({ operation }) => operation.tags?.[0] ?? 'Other');
  const sections = [...tags].map(
    ([tag, list]) =>
      `<h2>${escape(tag)}</h2>${list.map((each) => operationHtml(each.path, each.method, each.operation)).join('')}`,
  );
  const schemas = Object.entries(document.components?.schemas ?? {})
    .filter(([name]) => !name.endsWith('Input'))
    .map(([name, schema]) => schemaHtml(name, schema));
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>${escape(title)} API</title>
<meta name="viewport" content="width=device-width"><style>${STYLE}</style></head>
<body><h1>${escape(title)} ${escape(version)}</h1><p>${escape(description)}</p>
<p>The same as <a href="/api/v1/openapi.json">OpenAPI 3.1</a>.</p>
${sections.join('\n')}<h2>Bodies</h2>${schemas.join('\n')}</body></html>
`;
}

function operationHtml(path: string, method: string, operation: Operation): string {
  const parameters = (operation.parameters ?? []).map(
    ({ name, required, description, schema }) =>
      `<tr><th><code>${escape(name)}</code>${required === true ? ' *' : ''}</th><td>${typeHtml(schema)}</td><td>${escape(description ?? '')}</td></tr>`,
  );
  const answers = Object.entries(operation.responses).map(
    ([status, { description, content }]) =>
      `<tr><th>${escape(status)}</th><td>${Object.entries(content ?? {})
        .map(([type, { schema }]) => `${escape(type)} ${typeHtml(schema)}`)
        .join('<br>')}</td><td>${escape(description)}</td></tr>`,
  );
  const bodies = Object.keys(operation.requestBody?.content ?? {});
  return `<details><summary><code><span class="method">${escape(method.toUpperCase())}</span> ${escape(path)}</code> ${escape(operation.summary ?? '')}</summary>
${parameters.length > 0 ? `<table>${parameters.join('')}</table>` : ''}${bodies.length > 0 ? `<p>Body: ${bodies.map(escape).join(', ')}</p>` : ''}<table>${answers.join('')}</table></details>`;
}

function schemaHtml(name: string, schema: JsonSchema): string {
  const properties = Object.entries((schema['properties'] ?? {}) as Record<string, JsonSchema>);
  const rows = properties.map(
    ([key, property]) =>
      `<tr><th><code>${escape(key)}</code></th><td>${typeHtml(property)}</td><td>${escape(textOf(property['description']))}</td></tr>`,
  );
  return `<details id="${escape(name)}"><summary><code>${escape(name)}</code> ${escape(textOf(schema['description']))}</summary><table>${rows.join('')}</table></details>`;
}

/** A schema in a few words: its type, its alternatives, or a link to the body that it names. */
function typeHtml(schema: JsonSchema): string {
  const reference = schema['$ref'];
  if (typeof reference === 'string') {
    const name = escape(reference.split('/').at(-1) ?? '');
    return `<a href="#${name}">${name}</a>`;
  }
  if (Array.isArray(schema['enum']))
    return (schema['enum'] as unknown[]).map((each) => escape(JSON.stringify(each))).join(' | ');
  if ('const' in schema) return escape(JSON.stringify(schema['const']));
  const alternatives = schema['anyOf'] ?? schema['oneOf'];
  if (Array.isArray(alternatives)) return (alternatives as JsonSchema[]).map(typeHtml).join(' | ');
  if (schema['type'] === 'array')
    return `list of ${typeHtml((schema['items'] ?? {}) as JsonSchema)}`;
  const properties = schema['properties'];
  if (typeof properties === 'object' && properties !== null)
    return `{ ${Object.entries(properties as Record<string, JsonSchema>)
      .map(([key, each]) => `${escape(key)}: ${typeHtml(each)}`)
      .join(', ')} }`;
  if (Array.isArray(schema['type'])) return (schema['type'] as string[]).map(escape).join(' | ');
  return escape(textOf(schema['type']) || 'any');
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

function escape(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}
