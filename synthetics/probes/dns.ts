// The probe of the kind dns: asks a question over the transport that is wanted, and takes no answer to another one.
import { randomInt } from 'node:crypto';
import { getServers } from 'node:dns';
import type { DnsSettings } from '../checks/dns.ts';
import type { Answer, Attempt, Probe } from '../probe.ts';
import { ProbeFailure } from '../probe-failure.ts';
import type { Dialer } from './dialer.ts';
import { type DnsMessage, type DnsRecord, encodeQuery } from './dns-message.ts';
import { askOverHttps, askOverTcp, askOverUdp, type NameServer } from './dns-transport.ts';

export function createDnsProbe({ dialer }: { readonly dialer: Dialer }): Probe {
  return {
    type: 'dns',
    async run(form, attempt) {
      const settings = form.settings as DnsSettings;
      const { message, truncated } = await ask(dialer, settings, form.target, attempt);
      return dnsAnswer(settings, message, truncated);
    },
  };
}

interface Asked {
  readonly message: DnsMessage;
  readonly truncated: boolean;
}

async function ask(
  dialer: Dialer,
  settings: DnsSettings,
  target: string,
  attempt: Attempt,
): Promise<Asked> {
  const { transport, url, tls } = settings;
  const step = attempt.step(target);
  // Over HTTPS the number is 0, so that answers can be kept on the way.
  const id = transport === 'https' ? 0 : randomInt(65_536);
  const question = { name: settings.name, type: settings.type, id };
  const query = encodeQuery(question, { ...settings, id });
  if (transport === 'https') {
    const { ip } = settings;
    const request = { url: new URL(url ?? ''), tls, ip };
    return {
      message: await askOverHttps(dialer, request, query, question, step, attempt),
      truncated: false,
    };
  }
  const server = nameServer(settings);
  if (transport !== 'udp') {
    const secure = transport === 'tls';
    const message = await askOverTcp(dialer, { ...server, secure }, query, question, step, attempt);
    return { message, truncated: false };
  }
  const message = await askOverUdp(server, query, question, step, attempt.signal);
  if (!message.truncated) return { message, truncated: false };
  step.note('truncated', true);
  const again = attempt.step(`${target} over TCP`);
  return {
    message: await askOverTcp(dialer, server, query, question, again, attempt),
    truncated: true,
  };
}

function nameServer({ server, ip, tls }: DnsSettings): NameServer {
  const more = { ...(ip === undefined ? {} : { ip }), ...(tls === undefined ? {} : { tls }) };
  if (server !== undefined) return { ...server, ...more };
  const [first] = getServers();
  const match = /^\[(.+)\]:(\d+)$/.exec(first ?? '') ?? /^([\d.]+):(\d+)$/.exec(first ?? '');
  if (first === undefined) throw new ProbeFailure('setup', 'this machine has no name server');
  return { host: match?.[1] ?? first, port: Number(match?.[2] ?? 53), ...more };
}

function dnsAnswer({ name, type }: DnsSettings, message: DnsMessage, truncated: boolean): Answer {
  const { answers, aliases } = chain(name, type, message.answer);
  const ttls = answers.map(({ ttl }) => ttl);
  const values: Readonly<Record<string, unknown>> = {
    rcode: message.rcode,
    answers: answers.map(({ data }) => data),
    aliases,
    authority: message.authority.map(printRecord),
    ttl: ttls.length === 0 ? undefined : Math.min(...ttls),
    authoritative: message.authoritative,
    authenticated: message.authenticated,
    truncated,
  };
  return {
    read: (source) => values[source],
    excerpt: (source) =>
      Object.hasOwn(values, source)
        ? [
            message.rcode,
            ...message.answer.map(printRecord),
            ...message.authority.map(printRecord),
          ].join('; ')
        : undefined,
  };
}

const LONGEST_CHAIN = 20;

/** The records that answer the question, at the name or where its aliases lead; others may be lies, and are left out. */
function chain(
  name: string,
  type: string,
  records: readonly DnsRecord[],
): { readonly answers: readonly DnsRecord[]; readonly aliases: readonly string[] } {
  const aliases: string[] = [];
  for (let owner = name; aliases.length <= LONGEST_CHAIN;) {
    const own = records.filter((each) => each.name === owner);
    const answers = own.filter((each) => each.type === type);
    const alias = own.find((each) => each.type === 'CNAME');
    if (answers.length > 0 || alias === undefined) return { answers, aliases };
    aliases.push(alias.data);
    owner = alias.data;
  }
  throw new ProbeFailure('protocol', `the aliases of ${name} lead in a circle`);
}

function printRecord({ name, ttl, type, data }: DnsRecord): string {
  return `${name} ${ttl} ${type} ${data}`;
}
