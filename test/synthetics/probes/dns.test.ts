import { createSocket } from 'node:dgram';
import { Resolver } from 'node:dns/promises';
import { createSecureServer, type Http2ServerRequest, type Http2ServerResponse } from 'node:http2';
import { createServer, type Server } from 'node:https';
import { once } from 'node:events';
import fc from 'fast-check';
import { afterAll, describe, expect, it, onTestFinished } from 'vitest';
import { dns } from '../../../index.ts';
import { decodeMessage, encodeQuery } from '../../../synthetics/probes/dns-message.ts';
import { ProbeFailure } from '../../../synthetics/probe-failure.ts';
import { probeContract } from '../../contract/probe-contract.ts';
import { createCertificateAuthority } from '../certificate-authority.ts';
import { lineServer, sendEndlessly } from '../line-server.ts';
import {
  replyTo,
  serveMessages,
  tcpNameServer,
  udpNameServer,
  wireName,
  wireNumbers,
  type WireRecord,
} from '../name-server.ts';
import { runProbe } from '../run-probe.ts';

const authority = createCertificateAuthority();
afterAll(() => authority.remove());

const NAME = 'shop.example';
const address: WireRecord = { name: NAME, type: 1, ttl: 60, data: Buffer.from([192, 0, 2, 1]) };
const found = (query: Buffer): Buffer => replyTo(query, { answer: [address] });
const at = (port: number): string => `127.0.0.1:${port}`;

probeContract('dns', {
  healthy: async () => dns({ name: NAME, server: at(await udpNameServer(found)) }),
  silent: async () => dns({ name: NAME, server: at(await udpNameServer(() => undefined)) }),
  absent: (port) => dns({ name: NAME, server: at(port) }),
});

const RECORDS: Readonly<Record<string, readonly WireRecord[]>> = {
  A: [address, { ...address, ttl: 30, data: Buffer.from([192, 0, 2, 2]) }],
  AAAA: [{ name: NAME, type: 28, data: Buffer.from('20010db8000000000000000000000007', 'hex') }],
  CNAME: [{ name: NAME, type: 5, data: wireName('www.Shop.example') }],
  MX: [
    { name: NAME, type: 15, data: Buffer.concat([wireNumbers(10), wireName('mail.shop.example')]) },
  ],
  NS: [{ name: NAME, type: 2, data: wireName('ns1.shop.example') }],
  TXT: [{ name: NAME, type: 16, data: Buffer.from('\x07v=spf1 \x04-all', 'latin1') }],
  SRV: [
    {
      name: NAME,
      type: 33,
      data: Buffer.concat([wireNumbers(1, 2, 5060), wireName('sip.shop.example')]),
    },
  ],
  CAA: [{ name: NAME, type: 257, data: Buffer.from('\x00\x05issueletsencrypt.org', 'latin1') }],
  SOA: [
    {
      name: NAME,
      type: 6,
      data: Buffer.concat([
        wireName('ns1.shop.example'),
        wireName('host.shop.example'),
        wireNumbers(0, 2026, 0, 3600, 0, 600, 1, 0, 0, 300),
      ]),
    },
  ],
};
const WRITTEN: Readonly<Record<string, readonly string[]>> = {
  A: ['192.0.2.1', '192.0.2.2'],
  AAAA: ['2001:db8::7'],
  CNAME: ['www.shop.example'],
  MX: ['10 mail.shop.example'],
  NS: ['ns1.shop.example'],
  TXT: ['v=spf1 -all'],
  SRV: ['1 2 5060 sip.shop.example'],
  CAA: ['0 issue "letsencrypt.org"'],
  SOA: ['ns1.shop.example host.shop.example 2026 3600 600 65536 300'],
};

const typeOf = (query: Buffer): number => query.readUInt16BE(query.indexOf(0, 12) + 1);
const byType = (query: Buffer): Buffer => {
  const type = Object.values(RECORDS).find(([first]) => first?.type === typeOf(query));
  return replyTo(query, { answer: type ?? [] });
};

describe('an answer as it should be', () => {
  it.each(Object.keys(RECORDS))('is read for %s as zone files write it', async (type) => {
    const server = at(await udpNameServer(byType));
    const run = await runProbe(
      dns({
        name: 'Shop.example.',
        type: type as 'A',
        server,
        expect: (answer) => [
          answer.answers.hasLength(WRITTEN[type]?.length ?? 0),
          ...(WRITTEN[type] ?? []).map((each) => answer.answers.contains(each)),
        ],
      }),
    );
    expect(run.reason).toBeUndefined();
    expect(Object.keys(run.phases)).toEqual(['firstByte']);
  });

  it('is the same for the resolver library of the system', async () => {
    const resolver = new Resolver();
    resolver.setServers([at(await udpNameServer(byType))]);
    expect(await resolver.resolve4(NAME)).toEqual(WRITTEN['A']);
    expect(await resolver.resolve6(NAME)).toEqual(WRITTEN['AAAA']);
    expect(await resolver.resolveMx(NAME)).toMatchObject([
      { priority: 10, exchange: 'mail.shop.example' },
    ]);
    expect(await resolver.resolveTxt(NAME)).toEqual([['v=spf1 ', '-all']]);
    expect(await resolver.resolveSrv(NAME)).toMatchObject([
      { priority: 1, weight: 2, port: 5060, name: 'sip.shop.example' },
    ]);
    expect(await resolver.resolveCaa(NAME)).toMatchObject([
      { critical: 0, issue: 'letsencrypt.org' },
    ]);
    expect(await resolver.resolveSoa(NAME)).toMatchObject({
      nsname: 'ns1.shop.example',
      serial: 2026,
      minttl: 300,
    });
  });

  it('follows aliases, and leaves out records of other names', async () => {
    const server = at(
      await udpNameServer((query) =>
        replyTo(query, {
          flags: 0x0420,
          answer: [
            { name: NAME, type: 5, data: wireName('www.cdn.example') },
            { ...address, name: 'evil.example', data: Buffer.from([203, 0, 113, 9]) },
            { ...address, name: 'www.cdn.example' },
          ],
        }),
      ),
    );
    const run = await runProbe(
      dns({
        name: NAME,
        server,
        dnssec: true,
        expect: (answer) => [
          answer.answers.hasLength(1),
          answer.answers.matches('^192[.]0[.]2[.]1$'),
          answer.aliases.contains('www.cdn.example'),
          answer.ttl.equals(60),
          answer.authoritative.equals(true),
          answer.authenticated.equals(true),
          answer.truncated.equals(false),
        ],
      }),
    );
    expect(run.reason).toBeUndefined();
  });

  it('must be some answer, unless something is said of it', async () => {
    const missing = (query: Buffer): Buffer =>
      replyTo(query, { flags: 3, authority: RECORDS['SOA'] ?? [] });
    const server = at(await udpNameServer(missing));
    const failed = await runProbe(dns({ name: NAME, server }));
    expect(failed.reason?.message).toBe(`expected rcode is 'NOERROR', got 'NXDOMAIN'`);
    expect(failed.assertions[0]?.excerpt).toMatch(/^NXDOMAIN; shop\.example 300 SOA ns1\./);
    const passed = dns({ name: NAME, server, expect: (answer) => answer.rcode.equals('NXDOMAIN') });
    expect((await runProbe(passed)).verdict).toBe('passed');
    const empty = at(await udpNameServer((query) => replyTo(query, {})));
    expect((await runProbe(dns({ name: NAME, server: empty }))).reason?.message).toMatch(
      /answers has at least this many: 1/,
    );
  });
});

describe('other transports', () => {
  const issue = () => authority.issue(['DNS:dns.example']);
  const tls = { ca: authority.file, serverName: 'dns.example' };

  it('goes on over TCP when an answer over UDP is cut', async () => {
    const tcp = await lineServer((socket) => serveMessages(socket, byType));
    const udp = createSocket('udp4');
    udp.on('message', (query, { port }) => {
      udp.send(replyTo(query, { flags: 0x0200 }), port, '127.0.0.1');
    });
    udp.bind(tcp.port, '127.0.0.1');
    await once(udp, 'listening');
    onTestFinished(() => void udp.close());
    const run = await runProbe(
      dns({
        name: NAME,
        server: tcp.address,
        expect: (answer) => [answer.answers.hasLength(2), answer.truncated.equals(true)],
      }),
    );
    expect(run).toMatchObject({ verdict: 'passed', steps: { length: 2 } });
    expect(Object.keys(run.phases).sort()).toEqual(['connect', 'firstByte', 'transfer']);
  });

  it('asks over TCP and over TLS', async () => {
    const tcp = at(await tcpNameServer(byType));
    expect(await runProbe(dns({ name: NAME, server: tcp, transport: 'tcp' }))).toMatchObject({
      verdict: 'passed',
    });
    const secure = at(await tcpNameServer(byType, { ...issue(), ALPNProtocols: ['dot'] }));
    const run = await runProbe(dns({ name: NAME, server: secure, transport: 'tls', tls }));
    expect(run).toMatchObject({ verdict: 'passed', certificate: { subject: 'dns.example' } });
    expect(Object.keys(run.phases)).toEqual(['connect', 'tls', 'firstByte', 'transfer']);
    const stranger = await runProbe(
      dns({ name: NAME, server: secure, transport: 'tls', tls: { ca: authority.file } }),
    );
    expect(stranger.reason).toMatchObject({ code: 'certificate' });
  });

  const answerHttps = (
    request: Pick<Http2ServerRequest, 'url'>,
    response: Pick<Http2ServerResponse, 'writeHead' | 'end'>,
  ): void => {
    const query = new URL(request.url, 'https://x').searchParams.get('dns') ?? '';
    const broken = request.url.startsWith('/broken');
    response.writeHead(broken ? 503 : 200, { 'content-type': 'application/dns-message' });
    response.end(
      request.url.startsWith('/endless')
        ? Buffer.alloc(200_000)
        : byType(Buffer.from(query, 'base64url')),
    );
  };
  it.each([
    ['HTTP/1.1', () => createServer(issue(), answerHttps as never)],
    ['HTTP/2', () => createSecureServer(issue(), answerHttps) as unknown as Server],
  ])('asks over HTTPS in %s', async (_name, create) => {
    const server = create();
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    onTestFinished(() => void server.close());
    const { port } = server.address() as { port: number };
    const endless = await runProbe(
      dns({ name: NAME, url: `https://127.0.0.1:${port}/endless`, tls }),
    );
    expect(endless.reason).toMatchObject({ code: 'too-large' });
    const probe = dns({
      name: NAME,
      url: `https://127.0.0.1:${port}/dns-query`,
      tls,
      expect: (answer) => answer.answers.contains('192.0.2.2'),
    });
    expect(await runProbe(probe)).toMatchObject({ verdict: 'passed', facts: { status: 200 } });
    const broken = await runProbe(
      dns({ name: NAME, url: `https://127.0.0.1:${port}/broken`, tls }),
    );
    expect(broken.reason).toMatchObject({
      code: 'protocol',
      message: 'the name server answers with the status 503',
    });
  });
});

describe('what goes wrong', () => {
  it('takes no answer to another question, with another number, or that is a question', async () => {
    const server = at(
      await udpNameServer((query) => {
        const other = Buffer.from(found(query));
        other.writeUInt16BE((query.readUInt16BE(0) + 1) & 0xffff, 0);
        const echo = Buffer.from(query);
        const elsewhere = found(
          encodeQuery(
            { name: 'evil.example', type: 'A' },
            { id: query.readUInt16BE(0), recursive: true, dnssec: false },
          ),
        );
        return [other, echo, elsewhere, Buffer.from('x'), found(query)];
      }),
    );
    const run = await runProbe(dns({ name: NAME, server }));
    expect(run).toMatchObject({ verdict: 'passed', facts: { ignored: 4 } });
  });

  it('ends in time under a flood of lies', async () => {
    const port = await udpNameServer((query) => {
      const lie = Buffer.from(found(query));
      lie.writeUInt16BE((query.readUInt16BE(0) + 1) & 0xffff, 0);
      return Array.from({ length: 2000 }, () => lie);
    });
    const run = await runProbe(dns({ name: NAME, server: at(port) }), { timeout: '300ms' });
    expect(run.reason).toMatchObject({ code: 'timeout', phase: 'firstByte' });
  });

  it.each<[string, (query: Buffer) => Buffer, RegExp]>([
    [
      'an answer that is cut',
      (query) => found(query).subarray(0, -2),
      /of \d+ bytes ends too early/,
    ],
    [
      'names that point at themselves',
      (query) => {
        const bytes = replyTo(query, { answer: [{ ...address, name: 'x' }] });
        bytes.writeUInt16BE(0xc000 | (bytes.length - 17), bytes.length - 17);
        return bytes;
      },
      /points forward/,
    ],
    [
      'more records than it can hold',
      (query) => {
        const bytes = found(query);
        bytes.writeUInt16BE(0xffff, 6);
        return bytes;
      },
      /claims to have 65535 records/,
    ],
    [
      'an address of another size',
      (query) => replyTo(query, { answer: [{ ...address, data: Buffer.from([1, 2, 3]) }] }),
      /ends too early/,
    ],
    [
      'aliases in a circle',
      (query) =>
        replyTo(query, {
          answer: [
            { name: NAME, type: 5, data: wireName('a.example') },
            { name: 'a.example', type: 5, data: wireName(NAME) },
          ],
        }),
      /lead in a circle/,
    ],
  ])('is told of %s', async (_name, answer, says) => {
    const run = await runProbe(dns({ name: NAME, server: at(await udpNameServer(answer)) }), {
      timeout: '5s',
    });
    expect(run).toMatchObject({ verdict: 'failed', reason: { code: 'protocol' } });
    expect(run.reason?.message).toMatch(says);
  });

  it('is told of a TCP server that hangs up, sends on and on, or answers something else', async () => {
    const ask = async (serve: Parameters<typeof lineServer>[0]) =>
      (
        await runProbe(
          dns({ name: NAME, server: (await lineServer(serve)).address, transport: 'tcp' }),
          { timeout: '20s' },
        )
      ).reason;
    expect(await ask((socket) => socket.end())).toMatchObject({ code: 'cut', phase: 'firstByte' });
    expect(await ask((socket) => socket.end(Buffer.from([0, 50, 1, 2])))).toMatchObject({
      code: 'cut',
      phase: 'transfer',
    });
    expect(
      await ask((socket) => sendEndlessly(socket, 'HTTP/1.1 400 Bad Request\r\n')),
    ).toMatchObject({ code: 'protocol' });
    const other = encodeQuery(
      { name: 'evil.example', type: 'A' },
      { id: 1, recursive: true, dnssec: false },
    );
    expect(await ask((socket) => serveMessages(socket, () => replyTo(other, {})))).toMatchObject({
      code: 'protocol',
      message: 'the answer is not to this question, but to evil.example A',
    });
  });

  it('reads any bytes without ever failing in another way, or without end', () => {
    const query = encodeQuery({ name: NAME, type: 'MX' }, { id: 7, recursive: true, dnssec: true });
    const whole = replyTo(query, { answer: Object.values(RECORDS).flat() });
    const change = fc.array(fc.tuple(fc.nat(whole.length - 1), fc.nat(255)), { maxLength: 8 });
    fc.assert(
      fc.property(change, fc.nat(whole.length), (changes, length) => {
        const bytes = Buffer.from(whole);
        for (const [place, value] of changes) bytes[place] = value;
        expect([undefined, ProbeFailure]).toContain(failureOf(bytes.subarray(0, length)));
      }),
      { numRuns: 1000 },
    );
  });
});

/** What kind of error the bytes end in; undefined for a message. */
function failureOf(bytes: Buffer): unknown {
  try {
    decodeMessage(bytes);
    return undefined;
  } catch (error) {
    return (error as Error).constructor;
  }
}

describe('a definition', () => {
  it('is told of names that are none, and of what a transport needs', () => {
    const wrong = (input: object) =>
      dns(input as never).problems.map(({ code, path }) => [code, path]);
    expect(wrong({ name: 'käse.example' })).toEqual([['not-a-name', 'name']]);
    expect(wrong({ name: 'a..b' })).toEqual([['not-a-name', 'name']]);
    expect(wrong({ name: NAME, type: 'ANY' })).toEqual([['unknown-value', 'type']]);
    expect(wrong({ name: NAME, transport: 'https' })).toEqual([['missing-field', 'url']]);
    expect(wrong({ name: NAME, transport: 'tls' })).toEqual([['missing-field', 'server']]);
    expect(wrong({ name: NAME, url: 'https://x.example/', server: '192.0.2.1:53' })).toEqual([
      ['unknown-field', 'server'],
    ]);
    expect(wrong({ name: '_sip._tcp.shop.example.', type: 'SRV' })).toEqual([]);
    expect(wrong({ name: '.', type: 'NS' })).toEqual([]);
  });
});
