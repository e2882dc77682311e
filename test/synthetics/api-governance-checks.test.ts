import path from 'node:path';
import type { Socket } from 'node:net';
import { TLSSocket } from 'node:tls';
import { afterAll, describe, expect, it } from 'vitest';
import { loadWorkspace } from '../../catalog/index.ts';
import type { DnsSettings } from '../../synthetics/checks/dns.ts';
import type { EndpointSettings } from '../../synthetics/checks/endpoint.ts';
import type { HttpRequestSettings } from '../../synthetics/checks/http-request.ts';
import type { JourneySettings } from '../../synthetics/checks/journey.ts';
import { type Check, createProbes, createSurroundings, runCheck } from '../../synthetics/index.ts';
import { createCertificateAuthority } from './certificate-authority.ts';
import { lineServer, onLine } from './line-server.ts';
import { replyTo, udpNameServer } from './name-server.ts';
import { rawServer, reply } from './raw-server.ts';
import { isFine } from './run-probe.ts';

const PLATFORM = path.join(import.meta.dirname, '../../platforms/api-governance');
const REALM = 'https://identity.example.com/realms/governance';
const SECRETS = {
  GOVERNANCE_PROBE_SECRET: 'geheim-client',
  GOVERNANCE_PROBE_SPENT_TOKEN: 'geheim-spent',
  REDIS_PROBE_PASSWORD: 'geheim-redis',
  PORTAL_PROBE_PASSWORD: 'geheim-portal',
};

const authority = createCertificateAuthority();
afterAll(() => authority.remove());

/** Ports of the platform's servers on this machine. */
interface Stand {
  readonly http: number;
  readonly broker: number;
  readonly database: number;
  readonly redis: number;
  readonly names: number;
}

/** The check with its servers on this machine: names, certificates and expectations stay as they are. */
function movedTo(check: Check, stand: Stand): Check {
  const { probe } = check;
  // Who gives tokens is another server, which connectTo does not lead to.
  const local = `https://localhost:${stand.http}`;
  const request = (settings: HttpRequestSettings) => ({
    ...settings,
    ...(settings.auth !== undefined && 'oauth2' in settings.auth
      ? {
          auth: {
            oauth2: {
              ...settings.auth.oauth2,
              tokenUrl: settings.auth.oauth2.tokenUrl.replace(/^https:[/][/][^/]+/, local),
            },
          },
        }
      : {}),
    connectTo: { host: '127.0.0.1', port: stand.http },
    tls: { ca: authority.file, verify: true },
  });
  const moved = (): unknown => {
    if (probe.type === 'http') return request(probe.settings as HttpRequestSettings);
    if (probe.type === 'dns')
      return {
        ...(probe.settings as DnsSettings),
        server: { host: '127.0.0.1', port: stand.names },
      };
    if (probe.type === 'journey') {
      const { steps } = probe.settings as JourneySettings;
      return { steps: steps.map((step) => ({ ...step, request: request(step.request) })) };
    }
    const settings = probe.settings as EndpointSettings;
    const ports: Readonly<Record<string, number>> = {
      'registry-db': stand.database,
      redis: stand.redis,
    };
    return {
      ...settings,
      host: '127.0.0.1',
      port: ports[settings.host] ?? stand.broker,
      tls: { ca: authority.file, serverName: settings.host, verify: true },
    };
  };
  return { ...check, probe: { ...probe, settings: moved() } };
}

const HOSTS = [
  'localhost',
  'apis.example.com',
  'portal.example.com',
  'identity.example.com',
  'vault',
  'kafka-1',
  'kafka-2',
  'kafka-3',
  'registry-db',
  'redis',
];

/** PostgreSQL as far as its answer to the request for TLS goes. */
function servePostgres(tls: { readonly cert: string; readonly key: string }) {
  return (socket: Socket): void => {
    socket.once('data', (data: Buffer) => {
      if (data.toString('hex') !== '0000000804d2162f') return void socket.destroy();
      socket.write('S');
      new TLSSocket(socket, { isServer: true, ...tls }).on('error', () => {});
    });
  };
}

function serveRedis(socket: Socket): void {
  let known = false;
  onLine(socket, (line) => {
    if (line === 'AUTH geheim-redis') known = true;
    const answer = known ? '+OK' : '-WRONGPASS';
    socket.write(`${line === 'PING' && known ? '+PONG' : answer}\r\n`);
  });
}

async function checksOfPlatform(): Promise<readonly Check[]> {
  return (await loadWorkspace(PLATFORM)).catalog?.checks ?? [];
}

function run(check: Check, stand: Stand) {
  const surroundings = createSurroundings(PLATFORM, SECRETS);
  return runCheck(movedTo(check, stand), { probes: createProbes(), surroundings });
}

/** Gateway, registry, auditor, portal, Keycloak and Vault, by the host that is called. */
function servePlatform(schemas: Map<string, unknown>) {
  let logged = false;
  let asked = 0;
  const json = { 'Content-Type': 'application/json' };
  const routes: Readonly<Record<string, (request: string) => readonly [string, string?, object?]>> =
    {
      'apis GET /health': () => ['200 OK', '{}'],
      'apis GET /registry/health': () => ['200 OK', '{"component":"registry"}'],
      'apis GET /auditor/health': () => ['200 OK', '{"component":"auditor"}'],
      'apis GET /portal/health': () => ['200 OK', '{"component":"portal"}'],
      'apis GET /metrics': () => ['404 Not Found'],
      'apis GET /api/echo/v1/status': (request) => {
        if (request.includes('Bearer geheim-spent'))
          return ['429 Too Many Requests', '', { 'Retry-After': '60' }];
        if (!request.includes('Bearer fetched-token'))
          return ['401 Unauthorized', '', { 'WWW-Authenticate': 'Bearer' }];
        return ['200 OK', '{}', { 'X-RateLimit-Remaining': '99', 'X-Request-Id': 'r-1' }];
      },
      'apis GET /registry/apis': () => ['200 OK', '{"items":[{"name":"echo"}]}', json],
      'apis POST /registry/schemas': (request) => {
        schemas.set('s-1', JSON.parse(request.slice(request.indexOf('\r\n\r\n'))));
        return ['201 Created', '{"id":"s-1"}', json];
      },
      'apis GET /registry/schemas/s-1': () => ['200 OK', JSON.stringify(schemas.get('s-1')), json],
      'apis POST /registry/schemas/s-1/compatibility': () => ['200 OK', '{"compatible":true}'],
      'apis DELETE /registry/schemas/s-1': () => {
        schemas.delete('s-1');
        return ['204 No Content'];
      },
      // The audit log knows of a call when it is asked for the second time.
      'apis GET /auditor/query': (request) => {
        if (request.includes('request=')) asked += 1;
        return ['200 OK', asked === 1 ? '{"calls":[]}' : '{"calls":[{"request":"r-1"}]}'];
      },
      'portal GET /': () => ['200 OK', '<script src="/p.js">', { 'Content-Type': 'text/html' }],
      'portal GET /p.js': () => ['200 OK', 'x'.repeat(2000)],
      'portal GET /search': () => ['200 OK', '<li>echo'],
      'portal POST /session': (request) => {
        logged = request.includes('Bearer t-1');
        return ['201 Created', '', { 'Set-Cookie': 'session=c-123; Secure' }];
      },
      'portal GET /account': (request) => [
        '200 OK',
        JSON.stringify({ user: logged && request.includes('session=c-123') ? 'probe' : '' }),
      ],
      'portal DELETE /session': () => ['204 No Content'],
      'localhost POST /realms/governance/protocol/openid-connect/token': (request) => {
        const [, pair = ''] = /authorization: Basic (\S+)/.exec(request) ?? [];
        return Buffer.from(pair, 'base64').toString() === 'ninefold-probe:geheim-client'
          ? ['200 OK', '{"access_token":"fetched-token","expires_in":300}']
          : ['401 Unauthorized'];
      },
      'identity POST /realms/governance/protocol/openid-connect/token': (request) =>
        request.includes('password=geheim-portal')
          ? ['200 OK', '{"access_token":"t-1"}']
          : ['401 Unauthorized'],
      'identity GET /realms/governance/.well-known/openid-configuration': () => [
        '200 OK',
        JSON.stringify({ issuer: REALM, token_endpoint: `${REALM}/protocol/token` }),
      ],
      'vault GET /v1/sys/health': () => ['200 OK', '{"initialized":true,"sealed":false}'],
    };
  return (socket: Socket, request: string): void => {
    const [route = ''] = /^\w+ \/[^? ]*/.exec(request) ?? [];
    const [, host = ''] = /\r\nhost: (\w+)/.exec(request) ?? [];
    const [status, body = '', headers = {}] = routes[`${host} ${route}`]?.(request) ?? [
      '404 Not Found',
    ];
    reply(status, body, headers as Record<string, string>)(socket);
  };
}

describe('the checks of the API governance platform', () => {
  it('stand for every component and for what it needs', async () => {
    const ids = (await checksOfPlatform()).map(({ id }) => id);
    expect(ids).toEqual([
      'auditor/freshness',
      'auditor/kafka-1',
      'auditor/kafka-2',
      'auditor/kafka-3',
      'auditor/query',
      'gateway/called',
      'gateway/certificate',
      'gateway/closed',
      'gateway/health',
      'gateway/name',
      'gateway/quota',
      'gateway/quota-store',
      'gateway/routes',
      'gateway/vault',
      'portal/home',
      'portal/identity',
      'portal/login',
      'portal/search',
      'registry/database',
      'registry/publish',
      'registry/search',
    ]);
  });

  it('pass against a platform that does what it must, and take away what they published', async () => {
    const tls = authority.issue(HOSTS.map((host) => `DNS:${host}`));
    const schemas = new Map<string, unknown>();
    const stand: Stand = {
      http: (await rawServer(servePlatform(schemas), tls)).port,
      broker: (await lineServer(() => {}, tls)).port,
      database: (await lineServer(servePostgres(tls))).port,
      redis: (await lineServer(serveRedis, tls)).port,
      names: await udpNameServer((query) =>
        replyTo(query, {
          answer: [{ name: 'apis.example.com', type: 1, data: Buffer.from([192, 0, 2, 7]) }],
        }),
      ),
    };
    const checks = await checksOfPlatform();
    const runs = await Promise.all(checks.map((check) => run(check, stand)));
    expect(runs.filter((each) => !isFine(each))).toEqual([]);
    expect(schemas.size).toBe(0);
    expect(JSON.stringify(runs)).not.toMatch(/geheim|fetched-token/);
  });

  it('fail, each of them, where servers answer with errors or show certificates of others', async () => {
    const tls = authority.issue(HOSTS.map((host) => `DNS:${host}`));
    const wrong = authority.issue(['DNS:other.example']);
    const stand: Stand = {
      http: (await rawServer(reply('500 Internal Server Error', 'sorry'), tls)).port,
      broker: (await lineServer(() => {}, wrong)).port,
      database: (await lineServer((socket) => socket.end('N'))).port,
      redis: (await lineServer((socket) => onLine(socket, () => socket.write('-ERR\r\n')), tls))
        .port,
      names: await udpNameServer((query) => replyTo(query, { flags: 3 })),
    };
    // A minute of patience is for the audit log, not for this test.
    const hurried = (await checksOfPlatform()).map((check) => ({ ...check, timeoutMs: 2000 }));
    const runs = await Promise.all(hurried.map((check) => run(check, stand)));
    for (const { check, verdict } of runs) expect([check, verdict]).toEqual([check, 'failed']);
    const code = (id: string) => runs.find(({ check }) => check === id)?.reason?.code;
    expect(code('auditor/kafka-2')).toBe('certificate');
    expect(code('registry/database')).toBe('protocol');
    expect(code('gateway/health')).toBe('expectation');
  });
});
