// The auditor as those who ask meet it: a call that is made now is found within a minute; and the brokers that carry it.
import { defineCheck, http, journey, tls } from 'ninefold';
import { GATEWAY } from './addresses.ts';
import { PROBE_CLIENT } from './probe-client.ts';
import { auditor } from './services.ts';

export const query = defineCheck({
  service: auditor,
  name: 'query',
  description: 'A question about the last hour is answered.',
  every: '1m',
  tags: ['smoke'],
  probe: http({
    url: `${GATEWAY}/auditor/query?api=echo&last=1h&limit=1`,
    auth: PROBE_CLIENT,
    expect: (answer) => [answer.status.equals(200), answer.json('$.calls').exists()],
  }),
});

export const freshness = defineCheck({
  service: auditor,
  name: 'freshness',
  description: 'A call through the gateway is found in the audit log within a minute.',
  every: '5m',
  timeout: '100s',
  probe: journey((start) =>
    start
      .step('call', {
        url: `${GATEWAY}/api/echo/v1/status`,
        auth: PROBE_CLIENT,
        save: (answer) => ({ request: answer.header('x-request-id') }),
      })
      .step('found', ({ request }) => ({
        url: `/auditor/query?request=${request}`,
        auth: PROBE_CLIENT,
        poll: { every: '2s', for: '1m' },
        expect: (answer) => answer.json('$.calls[*].request').contains(request),
      })),
  ),
});

/** A broker takes connections with TLS. */
function broker(host: 'kafka-1' | 'kafka-2' | 'kafka-3') {
  return defineCheck({
    service: auditor,
    name: host,
    description: 'The broker takes connections with TLS, and its certificate lasts.',
    every: '1m',
    tags: ['inside'],
    probe: tls({ address: `${host}:9093` }),
  });
}

export const kafka1 = broker('kafka-1');
export const kafka2 = broker('kafka-2');
export const kafka3 = broker('kafka-3');
