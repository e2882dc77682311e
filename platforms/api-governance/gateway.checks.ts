// The gateway from outside: its name and certificate, who is let in and who is not, its routes, and what it needs itself.
import { defineCheck, dns, fromEnvironment, http, journey, tcp, tls } from 'ninefold';
import { GATEWAY, VAULT } from './addresses.ts';
import { PROBE_CLIENT } from './probe-client.ts';
import { gateway } from './services.ts';

const LOCATIONS = ['eu', 'us'] as const;

export const health = defineCheck({
  service: gateway,
  name: 'health',
  description: 'The gateway answers from outside.',
  every: '30s',
  timeout: '5s',
  locations: LOCATIONS,
  tags: ['smoke'],
  retries: { most: 1, wait: '1s' },
  probe: http({
    url: `${GATEWAY}/health`,
    prefer: (answer) => answer.phase('firstByte').atMost('250ms'),
  }),
});

export const name = defineCheck({
  service: gateway,
  name: 'name',
  description: 'The name that every subscriber calls has an address.',
  every: '5m',
  locations: LOCATIONS,
  probe: dns({ name: 'apis.example.com', expect: (answer) => answer.answers.hasAtLeast(1) }),
});

export const certificate = defineCheck({
  service: gateway,
  name: 'certificate',
  description: 'The certificate is accepted for two weeks more, and no old TLS is spoken.',
  every: '1h',
  probe: tls({
    address: 'apis.example.com:443',
    expect: (answer) => [
      answer.certificateDaysLeft.atLeast(14),
      answer.tlsVersion.oneOf('TLSv1.2', 'TLSv1.3'),
    ],
  }),
});

export const called = defineCheck({
  service: gateway,
  name: 'called',
  description: 'A subscriber is let in, is told what is left of the quota, and does not wait.',
  every: '1m',
  locations: LOCATIONS,
  tags: ['smoke'],
  probe: http({
    url: `${GATEWAY}/api/echo/v1/status`,
    auth: PROBE_CLIENT,
    expect: (answer) => [
      answer.status.equals(200),
      answer.header('x-ratelimit-remaining').matches('^[0-9]+$'),
    ],
    prefer: (answer) => answer.phase('firstByte').atMost('250ms'),
  }),
});

export const closed = defineCheck({
  service: gateway,
  name: 'closed',
  description: 'Who shows no token is told to, and learns nothing else.',
  every: '10m',
  probe: http({
    url: `${GATEWAY}/api/echo/v1/status`,
    expect: (answer) => [answer.status.equals(401), answer.header('www-authenticate').exists()],
  }),
});

export const quota = defineCheck({
  service: gateway,
  name: 'quota',
  description: 'A subscriber whose quota is used up is turned away, and told until when.',
  every: '10m',
  probe: http({
    url: `${GATEWAY}/api/echo/v1/status`,
    auth: { bearer: fromEnvironment('GOVERNANCE_PROBE_SPENT_TOKEN') },
    expect: (answer) => [answer.status.equals(429), answer.header('retry-after').exists()],
  }),
});

export const routes = defineCheck({
  service: gateway,
  name: 'routes',
  description: 'Each path leads to its component, and metrics lead nobody from outside anywhere.',
  every: '1m',
  locations: LOCATIONS,
  probe: journey((start) =>
    start
      .step('registry', {
        url: `${GATEWAY}/registry/health`,
        expect: (answer) => answer.json('$.component').equals('registry'),
      })
      .step('auditor', {
        url: '/auditor/health',
        expect: (answer) => answer.json('$.component').equals('auditor'),
      })
      .step('portal', {
        url: '/portal/health',
        expect: (answer) => answer.json('$.component').equals('portal'),
      })
      .step('metrics', {
        url: '/metrics',
        expect: (answer) => answer.status.oneOf(401, 403, 404),
      }),
  ),
});

export const quotaStore = defineCheck({
  service: gateway,
  name: 'quota-store',
  description: 'Redis, which counts calls against quotas, takes a log-in and answers.',
  every: '1m',
  tags: ['inside'],
  probe: tcp({
    address: 'redis:6380',
    tls: {},
    talk: [
      { send: ['AUTH ', fromEnvironment('REDIS_PROBE_PASSWORD'), '\r\n'], expect: '^[+]OK\r\n' },
      { send: 'PING\r\n', expect: '[+]PONG\r\n' },
    ],
  }),
});

export const vault = defineCheck({
  service: gateway,
  name: 'vault',
  description: 'Vault is unsealed and gives out the keys of upstreams.',
  every: '1m',
  tags: ['inside'],
  probe: http({
    url: `${VAULT}/v1/sys/health?standbyok=true`,
    expect: (answer) => [
      answer.status.equals(200),
      answer.json('$.initialized').equals(true),
      answer.json('$.sealed').equals(false),
    ],
  }),
});
