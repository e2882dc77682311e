// The registry as those who publish APIs meet it: found, published, read back, compared and taken away again; and its database.
import { defineCheck, http, journey, tls } from 'ninefold';
import { GATEWAY } from './addresses.ts';
import { PROBE_CLIENT } from './probe-client.ts';
import { registry } from './services.ts';

/** A schema that only probes publish. */
const SCHEMA = { type: 'object', properties: { id: { type: 'string' } }, required: ['id'] };

export const search = defineCheck({
  service: registry,
  name: 'search',
  description: 'A search finds the API that is always there.',
  every: '1m',
  tags: ['smoke'],
  probe: http({
    url: `${GATEWAY}/registry/apis?name=echo`,
    auth: PROBE_CLIENT,
    expect: (answer) => [
      answer.status.equals(200),
      answer.header('content-type').startsWith('application/json'),
      answer.json('$.items[*].name').contains('echo'),
    ],
    prefer: (answer) => answer.duration.atMost('1s'),
  }),
});

export const publish = defineCheck({
  service: registry,
  name: 'publish',
  description: 'A schema is published, read back, compared with a next version, and deleted.',
  every: '10m',
  timeout: '30s',
  probe: journey((start) =>
    start
      .step('publish', {
        url: `${GATEWAY}/registry/schemas`,
        method: 'POST',
        auth: PROBE_CLIENT,
        json: { name: 'ninefold-probe', schema: SCHEMA },
        expect: (answer) => answer.status.equals(201),
        save: (answer) => ({ id: answer.json('$.id') }),
      })
      .step('read back', ({ id }) => ({
        url: `/registry/schemas/${id}`,
        auth: PROBE_CLIENT,
        poll: { every: '500ms', for: '10s' },
        expect: (answer) => [
          answer.status.equals(200),
          answer.json('$.schema.required[0]').equals('id'),
        ],
      }))
      .step('compare', ({ id }) => ({
        url: `/registry/schemas/${id}/compatibility`,
        method: 'POST',
        auth: PROBE_CLIENT,
        json: { schema: { ...SCHEMA, required: [] } },
        expect: (answer) => [answer.status.equals(200), answer.json('$.compatible').equals(true)],
      }))
      .always('delete', ({ id }) => ({
        url: `${GATEWAY}/registry/schemas/${id}`,
        method: 'DELETE',
        auth: PROBE_CLIENT,
      })),
  ),
});

export const database = defineCheck({
  service: registry,
  name: 'database',
  description: 'PostgreSQL takes connections with TLS, and its certificate lasts.',
  every: '1m',
  tags: ['inside'],
  probe: tls({ address: 'registry-db:5432', startTls: 'postgres' }),
});
