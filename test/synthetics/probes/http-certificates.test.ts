import { afterAll, describe, expect, it } from 'vitest';
import { http, journey } from '../../../index.ts';
import { createCertificateAuthority } from '../certificate-authority.ts';
import { rawServer, reply } from '../raw-server.ts';
import { runProbe } from '../run-probe.ts';

const authority = createCertificateAuthority();
afterAll(() => authority.remove());

const faults = [
  {
    name: 'that has expired',
    certificate: authority.issue(['DNS:shop.example'], -1),
    message: 'the certificate of shop.example has expired',
    distrust: 'CERT_HAS_EXPIRED',
  },
  {
    name: 'of another host',
    certificate: authority.issue(['DNS:other.example']),
    message: 'the certificate of shop.example is made for other names',
    distrust: /ALTNAME_INVALID|does not match/,
  },
  {
    name: 'of the domain above',
    certificate: authority.issue(['DNS:example']),
    message: 'the certificate of shop.example is made for other names',
    distrust: /ALTNAME_INVALID|does not match/,
  },
];

describe('a certificate over HTTP', () => {
  it.each(faults)(
    '$name fails the handshake, and nothing is sent',
    async ({ certificate, message, distrust }) => {
      const server = await rawServer(reply('200 OK'), certificate);
      const settings = {
        url: 'https://shop.example/',
        connectTo: `127.0.0.1:${server.port}`,
        tls: { ca: authority.file },
      } as const;
      const run = await runProbe(http(settings));
      expect(run).toMatchObject({
        verdict: 'failed',
        reason: { code: 'certificate', phase: 'tls', message },
      });
      expect(run.certificate?.distrust).toMatch(distrust);
      expect(Object.keys(run.phases)).toEqual(['connect', 'tls']);
      expect(run.steps.map(({ failed }) => failed)).toEqual([true]);
      const told = await runProbe(journey((start) => start.step('home', settings)));
      expect(told.reason).toMatchObject({ code: 'certificate', phase: 'tls', message });
      expect(server.requests).toEqual([]);
      const lenient = await runProbe(
        http({
          ...settings,
          tls: { ...settings.tls, verify: false },
          expect: (answer) => [
            answer.status.equals(200),
            answer.certificateDaysLeft.atLeast(14),
            answer.certificateNames.contains('shop.example'),
          ],
        }),
      );
      expect(lenient).toMatchObject({ verdict: 'failed', reason: { code: 'expectation' } });
    },
  );
});
