import { readFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { fromEnvironment, http, type ProbeDefinition } from '../../index.ts';
import { describeWithService } from '../services/services.ts';
import { createCertificateAuthority } from './certificate-authority.ts';
import { freezeServer } from './frozen-server.ts';
import { rawServer } from './raw-server.ts';
import { type RealNginx, startRealNginx } from './real-nginx.ts';
import { failureOf, runProbe } from './run-probe.ts';

type HttpInput = Parameters<typeof http>[0];
type Url = HttpInput['url'];

const authority = createCertificateAuthority();
const stranger = createCertificateAuthority('self.example');
afterAll(() => {
  authority.remove();
  stranger.remove();
});

describeWithService(['nginx'], 'probes of a real nginx', () => {
  let nginx: RealNginx;
  beforeAll(async () => {
    nginx = await startRealNginx(authority, stranger);
  });
  const plain = (place: string): Url => `http://127.0.0.1:${nginx.plain}${place}`;
  const shop = (port: number, more: Partial<HttpInput> = {}): ProbeDefinition =>
    http({
      url: 'https://shop.example/ok',
      connectTo: `127.0.0.1:${port}`,
      tls: { ca: authority.file },
      ...more,
    });

  describe('answers', () => {
    it('pass with every phase, in HTTP/1.1 over TLS, and leave a connection that is kept alive', async () => {
      const run = await runProbe(
        shop(nginx.secure, {
          expect: (answer) => [
            answer.status.equals(200),
            answer.body.contains('fine'),
            answer.header('server').startsWith('nginx'),
            answer.tlsVersion.equals('TLSv1.3'),
            answer.certificateDaysLeft.atLeast(18),
            answer.certificateIssuer.equals('Test authority'),
          ],
        }),
      );
      expect(run.reason).toBeUndefined();
      expect(run.verdict).toBe('passed');
      expect(Object.keys(run.phases)).toEqual(['connect', 'tls', 'firstByte', 'transfer']);
      // nginx would keep the connection for a minute: nobody waited for its end.
      expect(run.totalMs).toBeLessThan(20_000);
    });

    it('pass over HTTP/2, agreed on in the handshake or spoken in the clear', async () => {
      for (const probe of [
        shop(nginx.secure, { version: '2' }),
        http({ url: `http://127.0.0.1:${nginx.clear}/ok`, version: '2' }),
      ]) {
        const run = await runProbe(probe);
        expect(run.reason).toBeUndefined();
        expect(run.steps[0]?.facts).toMatchObject({ status: 200, bytes: 5 });
      }
      expect(await failureOf(shop(nginx.old, { version: '2' }))).toMatchObject({
        verdict: 'failed',
        code: 'protocol',
        phase: 'tls',
        message: 'shop.example speaks none of: h2',
      });
    });

    it('are unpacked when nginx packs them, and asserted about as they were', async () => {
      const run = await runProbe(
        http({
          url: plain('/page.json'),
          expect: (answer) => [
            answer.header('content-encoding').equals('gzip'),
            answer.header('transfer-encoding').equals('chunked'),
            answer.json('$.status').equals('up'),
            answer.json('$.list').hasLength(2000),
            answer.size.equals(
              readFileSync(path.join(nginx.server.folder, 'pages/page.json')).length,
            ),
          ],
        }),
      );
      expect(run.assertions.filter(({ held }) => !held)).toEqual([]);
      expect(run.verdict).toBe('passed');
    });

    it('are sent on to another host over TLS, each hop timed and summed', async () => {
      const run = await runProbe(
        http({
          url: plain('/moved'),
          tls: { ca: authority.file },
          expect: (answer) => [answer.status.equals(200), answer.url.endsWith('/ok')],
        }),
      );
      expect(run.reason).toBeUndefined();
      expect(run.steps.map(({ facts }) => facts['status'])).toEqual([301, 302, 200]);
      const sum = run.steps.reduce((total, { phases }) => total + (phases.connect ?? 0), 0);
      expect(run.phases.connect).toBeCloseTo(sum, 2);
      expect(await failureOf(http({ url: plain('/loop') }))).toMatchObject({
        verdict: 'failed',
        code: 'redirects',
        message: expect.stringContaining('come back to') as string,
      });
      expect(await failureOf(http({ url: plain('/moved'), redirects: 1 }))).toMatchObject({
        code: 'redirects',
        message: 'more than 1 redirects',
      });
    });

    it('to HEAD, PUT and DELETE are read as such', async () => {
      const put = http({
        url: plain('/kept/note.txt'),
        method: 'PUT',
        body: 'hello',
        expect: (answer) => answer.status.equals(201),
      });
      expect((await runProbe(put)).verdict).toBe('passed');
      const head = http({
        url: plain('/kept/note.txt'),
        method: 'HEAD',
        expect: (answer) => [answer.header('content-length').equals('5'), answer.size.equals(0)],
      });
      expect((await runProbe(head)).verdict).toBe('passed');
      const remove = http({
        url: plain('/kept/note.txt'),
        method: 'DELETE',
        expect: (answer) => answer.status.equals(204),
      });
      expect((await runProbe(remove)).verdict).toBe('passed');
    });

    it.each([
      ['/missing', 404],
      ['/forbidden', 403],
      ['/busy', 429],
      ['/broken', 500],
      ['/away', 503],
      ['/gone-backend', 502],
      ['/slow-backend', 504],
    ])('of %s fail by their status, %i, which may be what is expected', async (place, status) => {
      const backend = await rawServer(() => {});
      const url = `${plain(place)}?port=${backend.port}` as Url;
      expect(await failureOf(http({ url }))).toMatchObject({
        verdict: 'failed',
        code: 'expectation',
        message: `expected status is 200 to 299, got ${status}`,
        phases: ['connect', 'firstByte', 'transfer'],
      });
      const wanted = http({ url, expect: (answer) => answer.status.equals(status) });
      expect((await runProbe(wanted)).verdict).toBe('passed');
    });

    it('to somebody who is not known fail, and no password is told', async () => {
      const auth = { basic: { user: 'probe', password: fromEnvironment('PASSWORD') } };
      const probe = http({ url: plain('/private'), auth });
      const known = { environment: { PASSWORD: 'geheim' } };
      expect((await runProbe(probe, {}, known)).verdict).toBe('passed');
      const refused = await runProbe(probe, {}, { environment: { PASSWORD: 'falsch-geheim' } });
      expect(refused.reason?.message).toBe('expected status is 200 to 299, got 401');
      expect(JSON.stringify(refused)).not.toContain('falsch');
    });
  });

  describe('what goes wrong', () => {
    it('is told of a connection that is closed without an answer', async () => {
      expect(await failureOf(http({ url: plain('/hang-up') }))).toMatchObject({
        code: 'cut',
        phase: 'firstByte',
      });
    });

    it('is told of a body that is cut, or trickles', async () => {
      const backend = await rawServer((socket) =>
        socket.end('HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf'),
      );
      const cut = `${plain('/slow-backend')}?port=${backend.port}` as Url;
      expect(await failureOf(http({ url: cut }))).toMatchObject({
        code: 'cut',
        phase: 'transfer',
        message: expect.stringContaining('4 of 100 bytes') as string,
      });
      const slow = await failureOf(http({ url: plain('/trickle/large.txt') }), '600ms');
      expect(slow).toMatchObject({ code: 'timeout', phase: 'transfer' });
      expect(slow.totalMs).toBeLessThan(10_000);
    });

    it('is told of a body that is larger than its limit', async () => {
      const url = plain('/large.txt');
      expect((await runProbe(http({ url }))).verdict).toBe('passed');
      expect(await failureOf(http({ url, maxBodyBytes: 1000 }))).toMatchObject({
        code: 'too-large',
        phase: 'transfer',
      });
    });

    it('is told of TLS where there is none, and of none where there is', async () => {
      expect(await failureOf(shop(nginx.plain))).toMatchObject({
        code: 'tls',
        phase: 'tls',
        message: 'the handshake with shop.example failed: what answers does not speak TLS',
      });
      expect(await failureOf(http({ url: `http://127.0.0.1:${nginx.secure}/ok` }))).toMatchObject({
        code: 'expectation',
        message: 'expected status is 200 to 299, got 400',
      });
    });

    it('is told in time of a server that hangs, in the phase that hangs, and of one that is gone', async () => {
      onTestFinished(() => nginx.server.restart());
      await freezeServer(nginx.server, http({ url: plain('/ok') }));
      // The system still accepts connections for it.
      expect(await failureOf(http({ url: plain('/ok') }), '300ms')).toMatchObject({
        code: 'timeout',
        phase: 'firstByte',
        phases: ['connect', 'firstByte'],
      });
      const handshake = await failureOf(shop(nginx.secure), '300ms');
      expect(handshake).toMatchObject({ code: 'timeout', phase: 'tls' });
      expect(handshake.totalMs).toBeLessThan(10_000);
      await nginx.server.stop();
      expect(await failureOf(http({ url: plain('/ok') }))).toMatchObject({
        code: 'connect',
        phase: 'connect',
        message: `127.0.0.1 port ${nginx.plain} refuses connections`,
      });
    });
  });
});
