/** Two real name servers: one that is responsible for the zones of a shop, one that resolves through it and verifies signatures. */
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { type RunningBind, startBind } from '../services/bind.ts';
import type { IssuedCertificate } from './certificate-authority.ts';

export interface RealBind {
  /** Responsible for shop.example, signed.example, unsigned.example and 2.0.192.in-addr.arpa; broken.example has no file. */
  readonly responsible: RunningBind;
  /** Asks the other one; trusts the key of signed.example, and a key that unsigned.example was never signed with. */
  readonly resolver: RunningBind;
}

/** Both also speak TLS and HTTPS with the certificate. */
export async function startRealBind(certificate: IssuedCertificate): Promise<RealBind> {
  const zone = (name: string, more = ''): string =>
    `zone "${name}" { type primary; file "${name}.zone"; ${more} };`;
  const responsible = await startBind({
    certificate,
    options: '  recursion no;\n  dnssec-validation no;\n  notify no;',
    statements: [
      zone('shop.example'),
      zone('unsigned.example'),
      zone('broken.example'),
      zone('2.0.192.in-addr.arpa'),
      zone('signed.example', 'dnssec-policy default; inline-signing yes;'),
    ].join('\n'),
    files: {
      'shop.example.zone': `${HEAD}${SHOP}`,
      'signed.example.zone': `${HEAD}www A 192.0.2.80\n`,
      'unsigned.example.zone': `${HEAD}www A 192.0.2.81\n`,
      '2.0.192.in-addr.arpa.zone': `${HEAD.replace('ns.', '')}1 PTR shop.example.\n`,
    },
  });
  const key = publicKey(path.join(responsible.folder, 'data'));
  const resolver = await startBind({
    certificate,
    options: `  recursion yes;
  forward only;
  forwarders { 127.0.0.1 port ${responsible.port}; };
  dnssec-validation yes;
  empty-zones-enable no;`,
    statements: `trust-anchors {
  signed.example. static-key ${key};
  unsigned.example. static-key ${key};
};`,
  });
  return { responsible, resolver };
}

/** The key that the server made for its signed zone: flags, protocol, algorithm, and the key in quotes. */
function publicKey(folder: string): string {
  const file = readdirSync(folder).find((name) => /^Ksigned\.example\..*\.key$/.test(name));
  const text = readFileSync(path.join(folder, file ?? 'Ksigned.example.key'), 'utf8');
  const [, numbers = '', key = ''] = /DNSKEY (\d+ \d+ \d+) ([^;]+)/.exec(text) ?? [];
  return `${numbers} "${key.replace(/\s/g, '')}"`;
}

const HEAD = `$TTL 300
@ SOA ns.shop.example. hostmaster.shop.example. 7 3600 600 86400 60
@ NS ns.shop.example.
`;

const SHOP = `ns A 127.0.0.1
@ A 192.0.2.1
@ A 192.0.2.2
@ AAAA 2001:db8::7
@ MX 10 mail
@ MX 20 mail.other.example.
@ TXT "v=spf1 -all"
@ CAA 0 issue "authority.example"
www CNAME @
_sip._tcp SRV 1 5 5060 voice
once CNAME twice
twice CNAME gone.shop.example.
${Array.from({ length: 20 }, (_, index) => `large TXT "${String(index).padEnd(200, 'x')}"`).join('\n')}
`;
