import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, expect, it, onTestFinished } from 'vitest';
import { fromEnvironment, http, type ProbeDefinition, tcp, tls } from '../../index.ts';
import { freePorts } from '../services/free-port.ts';
import { startHaproxy } from '../services/haproxy.ts';
import type { RunningServer } from '../services/running-server.ts';
import { describeWithService, temporaryFolder } from '../services/services.ts';
import { createCertificateAuthority } from './certificate-authority.ts';
import { freezeServer } from './frozen-server.ts';
import { rawServer } from './raw-server.ts';
import { type RealNginx, startRealNginx } from './real-nginx.ts';
import { failureOf, runProbe } from './run-probe.ts';

type HttpInput = Parameters<typeof http>[0];

const authority = createCertificateAuthority();
const stranger = createCertificateAuthority('self.example');
const client = authority.issue(['DNS:probe.example']);
afterAll(() => {
  authority.remove();
  stranger.remove();
});

describeWithService(['haproxy', 'nginx'], 'probes of a real HAProxy', () => {
  let nginx: RealNginx;
  let haproxy: RunningServer;
  /** Ports: HTTP, TLS that ends here, TLS passed through, a server that is down, nobody let in, mail, members only. */
  let [web, secure, through, down, denied, mail, members]: readonly number[] = [];

  beforeAll(async () => {
    nginx = await startRealNginx(authority, stranger);
    const [closed, ...ports] = await freePorts(8);
    [web, secure, through, down, denied, mail, members] = ports;
    const { cert, key } = authority.issue(['DNS:edge.example', 'IP:127.0.0.1']);
    haproxy = await startHaproxy(
      `
defaults
  timeout connect 2s
  timeout client 300ms
  timeout server 300ms
  timeout http-request 300ms
  retries 0

frontend web
  mode http
  bind 127.0.0.1:${web}
  http-request redirect location https://127.0.0.1:${secure}/ok code 308 if { path /secure }
  http-request return status 429 content-type text/plain string "too many" if { path /busy }
  use_backend gone if { path /gone }
  use_backend nobody if { path /nobody }
  use_backend slow if { path /slow }
  default_backend nginx

frontend secure
  mode http
  bind 127.0.0.1:${secure} ssl crt edge.pem alpn h2,http/1.1 ca-file ca.pem verify optional
  http-request deny deny_status 403 if { path /members } !{ ssl_c_used }
  http-request set-path /ok if { path /members }
  http-response set-header x-client %[ssl_c_s_dn(cn)]
  default_backend nginx

frontend members
  mode http
  bind 127.0.0.1:${members} ssl crt edge.pem alpn h2,http/1.1 ca-file ca.pem verify required
  default_backend nginx

frontend through
  mode tcp
  bind 127.0.0.1:${through}
  default_backend through

frontend down
  mode tcp
  bind 127.0.0.1:${down}
  default_backend closed

frontend denied
  mode tcp
  bind 127.0.0.1:${denied}
  tcp-request connection reject

frontend mail
  mode tcp
  bind 127.0.0.1:${mail}
  default_backend mail

backend nginx
  mode http
  server one 127.0.0.1:${nginx.plain}
backend slow
  mode http
  http-request set-path /backend
  server one 127.0.0.1:${nginx.plain}
backend gone
  mode http
  server one 127.0.0.1:${closed}
backend nobody
  mode http
backend through
  mode tcp
  server one 127.0.0.1:${nginx.secure}
backend closed
  mode tcp
  server one 127.0.0.1:${closed}
backend mail
  mode tcp
  server one 127.0.0.1:${nginx.smtp}
`,
      { 'edge.pem': cert + key, 'ca.pem': readFileSync(authority.file, 'utf8') },
    );
  });

  const plain = (place: string) => `http://127.0.0.1:${web}${place}` as const;
  const edge = (place: string, more: Partial<HttpInput> = {}): ProbeDefinition =>
    http({
      url: `https://edge.example${place}`,
      connectTo: `127.0.0.1:${secure}`,
      tls: { ca: authority.file },
      ...more,
    });

  it('pass with every phase, in both versions of HTTP, and through its redirects', async () => {
    for (const probe of [
      http({ url: plain('/ok') }),
      http({ url: plain('/secure'), tls: { ca: authority.file } }),
      edge('/ok'),
      edge('/ok', { version: '2' }),
    ]) {
      const run = await runProbe(probe);
      expect(run.reason).toBeUndefined();
      expect(run.steps.at(-1)?.facts).toMatchObject({ status: 200, bytes: 5 });
    }
  });

  it.each([
    ['/busy', 429],
    ['/gone', 503],
    ['/nobody', 503],
    ['/slow', 504],
  ])(
    'fail by the status of %s, %i, where a server is full, down, missing or slow',
    async (place, status) => {
      const silent = await rawServer(() => {});
      const url = plain(`${place}?port=${silent.port}`);
      expect(await failureOf(http({ url }))).toMatchObject({
        verdict: 'failed',
        code: 'expectation',
        message: `expected status is 200 to 299, got ${status}`,
        phases: ['connect', 'firstByte', 'transfer'],
      });
      const wanted = http({ url, expect: (answer) => answer.status.equals(status) });
      expect((await runProbe(wanted)).verdict).toBe('passed');
    },
  );

  it('see the certificate of whoever ends TLS, here or behind it', async () => {
    const run = await runProbe(
      tls({
        address: `127.0.0.1:${secure}`,
        tls: { ca: authority.file, serverName: 'edge.example' },
        protocols: ['h2', 'http/1.1'],
        expect: (answer) => [
          answer.protocol.equals('h2'),
          answer.certificateNames.contains('edge.example'),
        ],
      }),
    );
    expect(run.reason).toBeUndefined();
    const behind = (host: string): ProbeDefinition =>
      http({
        url: `https://${host}/ok`,
        connectTo: `127.0.0.1:${through}`,
        tls: { ca: authority.file },
      });
    expect((await runProbe(behind('shop.example'))).certificate?.names).toContain('shop.example');
    expect(await failureOf(behind('expired.example'))).toMatchObject({
      code: 'certificate',
      phase: 'tls',
      message: 'the certificate of expired.example has expired',
    });
  });

  it('are let in by a certificate of their own, and refused with one of a stranger', async () => {
    const folder = temporaryFolder('probe');
    const other = stranger.issue(['DNS:probe.example']);
    writeFileSync(path.join(folder, 'client.pem'), client.cert);
    writeFileSync(path.join(folder, 'other.pem'), other.cert);
    const shown = (certificate: string, version: '1.1' | '2' = '1.1') =>
      edge('/members', {
        version,
        tls: { ca: authority.file, certificate, key: fromEnvironment('CLIENT_KEY') },
        expect: (answer) => answer.header('x-client').equals('probe.example'),
      });
    const run = await runProbe(
      shown('client.pem'),
      {},
      { folder, environment: { CLIENT_KEY: client.key } },
    );
    expect(run.reason).toBeUndefined();
    expect(await failureOf(edge('/members'))).toMatchObject({
      message: 'expected status is 200 to 299, got 403',
    });
    const refused = { folder, environment: { CLIENT_KEY: other.key } };
    for (const version of ['1.1', '2'] as const)
      expect(await failureOf(shown('other.pem', version), '10s', refused)).toMatchObject({
        code: 'tls',
        message: 'the server does not accept who calls (alert unknown ca)',
      });
  });

  it('are told that a certificate of their own is wanted', async () => {
    for (const version of ['1.1', '2'] as const) {
      const probe = edge('/ok', { connectTo: `127.0.0.1:${members}`, version });
      expect(await failureOf(probe)).toMatchObject({
        verdict: 'failed',
        code: 'tls',
        message: 'the server does not accept who calls (alert certificate required)',
      });
    }
    const talk = tcp({
      address: `127.0.0.1:${members}`,
      tls: { ca: authority.file, serverName: 'edge.example' },
      talk: [{ send: 'GET / HTTP/1.0\r\n\r\n', expect: '200' }],
    });
    expect(await failureOf(talk)).toMatchObject({
      code: 'tls',
      message: expect.stringContaining('(alert certificate required)') as string,
    });
  });

  it('say in which phase the connection ends when the server behind it is down', async () => {
    const address = `127.0.0.1:${down}`;
    // Whether a connection that is reset at once was ever made is a race between two systems.
    const told = async (probe: ProbeDefinition): Promise<string> => {
      const { code, phase } = await failureOf(probe);
      return `${code} in ${phase}`;
    };
    expect(await told(http({ url: `http://${address}/` }))).toMatch(
      /^(connect in connect|cut in firstByte)$/,
    );
    expect(await told(tls({ address }))).toMatch(/^(connect in connect|tls in tls)$/);
    const talk = [{ send: 'PING\r\n', expect: 'PONG' }];
    for (const each of [address, `127.0.0.1:${denied}`])
      expect(await told(tcp({ address: each, talk }))).toMatch(
        /^(connect in connect|cut in firstByte)$/,
      );
  });

  it('hear of the patience that ends, with a request that is never complete', async () => {
    const address = `127.0.0.1:${web}`;
    const half = { send: 'GET / HTTP/1.1\r\nHost: shop.example\r\n' };
    const told = tcp({ address, talk: [{ ...half, expect: '^HTTP/1.1 408' }] });
    expect((await runProbe(told)).reason).toBeUndefined();
    const idle = tcp({ address: `127.0.0.1:${through}`, talk: [{ expect: 'a greeting' }] });
    expect(await failureOf(idle)).toMatchObject({ code: 'cut', phase: 'firstByte' });
  });

  it('ask for TLS through it', async () => {
    const probe = tls({
      address: `127.0.0.1:${mail}`,
      startTls: 'smtp',
      tls: { ca: authority.file, serverName: 'shop.example' },
    });
    expect((await runProbe(probe)).reason).toBeUndefined();
  });

  it('end in time when it hangs, in the phase that hangs, and when it is gone', async () => {
    onTestFinished(() => haproxy.restart());
    await freezeServer(haproxy, http({ url: plain('/ok') }));
    expect(await failureOf(http({ url: plain('/ok') }), '300ms')).toMatchObject({
      code: 'timeout',
      phase: 'firstByte',
    });
    expect(await failureOf(edge('/ok', { version: '2' }), '300ms')).toMatchObject({
      code: 'timeout',
      phase: 'tls',
    });
    await haproxy.stop();
    expect(await failureOf(edge('/ok'))).toMatchObject({ code: 'connect', phase: 'connect' });
  });
});
