import { afterAll, beforeAll, expect, it, onTestFinished, vi } from 'vitest';
import { dns } from '../../index.ts';
import { describeWithService } from '../services/services.ts';
import { createCertificateAuthority } from './certificate-authority.ts';
import { freezeServer } from './frozen-server.ts';
import { type RealBind, startRealBind } from './real-bind.ts';
import { failureOf, runProbe } from './run-probe.ts';

type DnsInput = Parameters<typeof dns>[0];

const authority = createCertificateAuthority();
afterAll(() => authority.remove());

describeWithService(['bind'], 'probes of a real BIND', () => {
  let bind: RealBind;
  const at = ({ port }: { readonly port: number }): string => `127.0.0.1:${port}`;
  const ask = (name: string, more: Partial<DnsInput> = {}) =>
    dns({ name, server: at(bind.responsible), ...more });
  const tls = { ca: authority.file };

  const transports = (): readonly Partial<DnsInput>[] => [
    { server: at(bind.responsible) },
    { server: at(bind.responsible), transport: 'tcp' },
    { server: `127.0.0.1:${bind.responsible.tlsPort}`, transport: 'tls', tls },
    { url: `https://127.0.0.1:${bind.responsible.httpsPort}/dns-query`, tls },
  ];

  beforeAll(async () => {
    bind = await startRealBind(authority.issue(['IP:127.0.0.1', 'DNS:ns.shop.example']));
    const signed = ask('www.signed.example');
    await vi.waitUntil(async () => (await runProbe(signed)).verdict === 'passed', 30_000);
  });

  it.each([
    ['A', 'shop.example', '192.0.2.2'],
    ['AAAA', 'shop.example', '2001:db8::7'],
    ['MX', 'shop.example', '10 mail.shop.example'],
    ['TXT', 'shop.example', 'v=spf1 -all'],
    ['CAA', 'shop.example', '0 issue "authority.example"'],
    ['NS', 'shop.example', 'ns.shop.example'],
    ['SOA', 'shop.example', 'ns.shop.example hostmaster.shop.example 7 3600 600 86400 60'],
    ['CNAME', 'www.shop.example', 'shop.example'],
    ['SRV', '_sip._tcp.shop.example', '1 5 5060 voice.shop.example'],
    ['PTR', '1.2.0.192.in-addr.arpa', 'shop.example'],
  ] as const)('reads %s records of %s over every transport', async (type, name, record) => {
    const runs = [];
    for (const more of transports())
      runs.push(
        await runProbe(
          dns({
            name,
            type,
            ...more,
            expect: (answer) => [
              answer.rcode.equals('NOERROR'),
              answer.answers.contains(record),
              answer.authoritative.equals(true),
              answer.authenticated.equals(false),
              answer.ttl.equals(300),
            ],
          }),
        ),
      );
    expect(runs.map(({ reason }) => reason)).toEqual([undefined, undefined, undefined, undefined]);
    expect(runs.map(({ phases }) => Object.keys(phases))).toEqual([
      ['firstByte'],
      ['connect', 'firstByte', 'transfer'],
      ['connect', 'tls', 'firstByte', 'transfer'],
      ['connect', 'tls', 'firstByte', 'transfer'],
    ]);
  });

  it.each([
    ['NXDOMAIN', 'missing.shop.example', 'responsible'],
    ['NXDOMAIN', 'missing.shop.example', 'resolver'],
    ['SERVFAIL', 'www.broken.example', 'responsible'],
    ['REFUSED', 'www.other.example', 'responsible'],
    // Its records are not signed by the key that they should be signed with.
    ['SERVFAIL', 'www.unsigned.example', 'resolver'],
  ] as const)(
    'fails by %s for %s at the %s, which may be what is expected',
    async (rcode, name, who) => {
      const server = at(bind[who]);
      expect(await failureOf(ask(name, { server }))).toMatchObject({
        verdict: 'failed',
        code: 'expectation',
        message: `expected rcode is 'NOERROR', got '${rcode}'`,
        phases: ['firstByte'],
      });
      const wanted = ask(name, { server, expect: (answer) => answer.rcode.equals(rcode) });
      expect((await runProbe(wanted)).verdict).toBe('passed');
    },
  );

  it('fails where the name has no such record, and says who is responsible', async () => {
    expect(await failureOf(ask('ns.shop.example', { type: 'AAAA' }))).toMatchObject({
      code: 'expectation',
      message: expect.stringContaining('answers has at least this many: 1') as string,
    });
    const told = ask('ns.shop.example', {
      type: 'AAAA',
      expect: (answer) => [
        answer.answers.hasLength(0),
        answer.authority.matches('^shop.example 60 SOA ns.shop.example '),
      ],
    });
    expect((await runProbe(told)).verdict).toBe('passed');
  });

  it('follows aliases, also to a name that is none', async () => {
    const run = await runProbe(
      ask('www.shop.example', {
        expect: (answer) => [answer.aliases.contains('shop.example'), answer.answers.hasLength(2)],
      }),
    );
    expect(run.reason).toBeUndefined();
    expect(await failureOf(ask('once.shop.example'))).toMatchObject({
      message: "expected rcode is 'NOERROR', got 'NXDOMAIN'",
    });
  });

  it('goes on over TCP when an answer does not fit', async () => {
    const run = await runProbe(
      ask('large.shop.example', {
        type: 'TXT',
        expect: (answer) => [answer.answers.hasLength(20), answer.truncated.equals(true)],
      }),
    );
    expect(run.reason).toBeUndefined();
    expect(run.steps.map(({ phases }) => Object.keys(phases))).toEqual([
      ['firstByte'],
      ['connect', 'firstByte', 'transfer'],
    ]);
  });

  it('knows whether a resolver verified the signatures', async () => {
    const signed = (more: Partial<DnsInput>, verified: boolean) =>
      runProbe(
        ask('www.signed.example', {
          dnssec: true,
          ...more,
          expect: (answer) => [
            answer.answers.contains('192.0.2.80'),
            answer.authenticated.equals(verified),
          ],
        }),
      );
    const server = at(bind.resolver);
    expect((await signed({ server }, true)).reason).toBeUndefined();
    expect((await signed({ server, transport: 'tcp' }, true)).reason).toBeUndefined();
    // Who is responsible does not vouch for itself.
    expect((await signed({}, false)).reason).toBeUndefined();
    expect((await signed({}, true)).reason).toMatchObject({
      code: 'expectation',
      message: 'expected authenticated is true, got false',
    });
    const plain = ask('shop.example', { server, dnssec: true });
    expect((await runProbe(plain)).verdict).toBe('passed');
  });

  it('is told of a name server whose certificate, protocol or place is another', async () => {
    const { tlsPort, httpsPort, port } = bind.responsible;
    const overTls = (address: string, serverName: string) =>
      dns({
        name: 'shop.example',
        transport: 'tls',
        server: address,
        tls: { ...tls, serverName },
      });
    expect(await failureOf(overTls(`127.0.0.1:${tlsPort}`, 'ns.other.example'))).toMatchObject({
      code: 'certificate',
      phase: 'tls',
      message: 'the certificate of ns.other.example is made for other names',
    });
    // It takes the handshake for a long question, and waits for its end.
    const clear = overTls(`127.0.0.1:${port}`, 'ns.shop.example');
    expect(await failureOf(clear, '300ms')).toMatchObject({ code: 'timeout', phase: 'tls' });
    const elsewhere = dns({
      name: 'shop.example',
      url: `https://127.0.0.1:${httpsPort}/elsewhere`,
      tls,
    });
    expect(await failureOf(elsewhere)).toMatchObject({
      code: 'protocol',
      message: 'the name server answers with the status 404',
    });
  });

  it('is told in time of a name server that hangs, and of one that is gone', async () => {
    const { responsible } = bind;
    onTestFinished(() => responsible.restart());
    await freezeServer(responsible, ask('shop.example'));
    const phases = ['firstByte', 'firstByte', 'tls', 'tls'];
    for (const [index, more] of transports().entries()) {
      const failure = await failureOf(dns({ name: 'shop.example', ...more }), '300ms');
      expect(failure).toMatchObject({ code: 'timeout', phase: phases[index] });
      expect(failure.totalMs).toBeLessThan(10_000);
    }
    await responsible.stop();
    const [udp = {}, ...others] = transports();
    expect(await failureOf(dns({ name: 'shop.example', ...udp }))).toMatchObject({
      code: 'connect',
      message: expect.stringContaining('refuses messages') as string,
    });
    for (const more of others)
      expect(await failureOf(dns({ name: 'shop.example', ...more }))).toMatchObject({
        code: 'connect',
        phase: 'connect',
      });
  });
});
