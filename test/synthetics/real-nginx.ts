/** A shop behind a real nginx: pages, faults, a certificate for each way to be refused, mail, and what stands behind it. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { freePorts } from '../services/free-port.ts';
import { startNginx } from '../services/nginx.ts';
import type { RunningServer } from '../services/running-server.ts';
import type { CertificateAuthority, IssuedCertificate } from './certificate-authority.ts';

/** Ports of 127.0.0.1. */
interface Ports {
  /** HTTP in the clear. */
  readonly plain: number;
  /** TLS 1.2 and 1.3, HTTP/1.1 and HTTP/2; the certificate goes by the name that is asked for. */
  readonly secure: number;
  /** TLS 1.2 alone, without HTTP/2. */
  readonly old: number;
  /** HTTP/2 in the clear. */
  readonly clear: number;
  /** Mail that changes to TLS when asked to. */
  readonly smtp: number;
  readonly imap: number;
  readonly pop3: number;
  /** SMTP without TLS. */
  readonly bare: number;
}

export interface RealNginx extends Ports {
  readonly server: RunningServer;
}

/** Hosts: shop, stapled, revoked, client (wants a certificate), expired, wrong, self, stranger, lonely (shows no issuer), between. */
export async function startRealNginx(
  authority: CertificateAuthority,
  stranger: CertificateAuthority,
): Promise<RealNginx> {
  const found = await freePorts(9);
  const port = (index: number): number => found[index] ?? 0;
  const ports: Ports = {
    plain: port(0),
    secure: port(1),
    old: port(2),
    clear: port(3),
    smtp: port(4),
    imap: port(5),
    pop3: port(6),
    bare: port(7),
  };
  const hosts = certificates(authority, stranger);
  const files = Object.entries(hosts).flatMap(([name, { cert, key }]) => [
    [`${name}.pem`, cert],
    [`${name}.key`, key],
  ]);
  const staples = STAPLED.map((name, index): [string, Buffer] => [
    `${name}.der`,
    authority.statusOf(hosts[name] as IssuedCertificate, index === 0 ? 'good' : 'revoked'),
  ]);
  const server = await startNginx({
    files: {
      ...Object.fromEntries(staples),
      ...(Object.fromEntries(files) as Record<string, string>),
      'ca.pem': readFileSync(authority.file, 'utf8'),
      'pages/large.txt': 'x'.repeat(200_000),
      'pages/page.json': JSON.stringify({ status: 'up', list: Array(2000).fill('same') }),
      'pages/kept/first.txt': 'first',
      users: 'probe:{PLAIN}geheim\n',
    },
    http: web(ports, port(8), Object.keys(hosts)),
    mail: mail(ports),
  });
  return { server, ...ports };
}

/** Hosts that hand on what the issuer says of their certificates: that it is good, that it is revoked. */
const STAPLED: readonly string[] = ['stapled.example', 'revoked.example'];

function certificates(
  authority: CertificateAuthority,
  stranger: CertificateAuthority,
): Readonly<Record<string, IssuedCertificate>> {
  const between = authority.issueInBetween(['DNS:between.example', 'DNS:lonely.example']);
  const own = (file: string): string => readFileSync(path.join(stranger.folder, file), 'utf8');
  return {
    'shop.example': authority.issue(['DNS:shop.example', 'IP:127.0.0.1']),
    'stapled.example': authority.issue(['DNS:stapled.example']),
    'revoked.example': authority.issue(['DNS:revoked.example']),
    'client.example': authority.issue(['DNS:client.example']),
    'expired.example': authority.issue(['DNS:expired.example'], -1),
    'wrong.example': authority.issue(['DNS:other.example']),
    'self.example': { cert: own('ca.pem'), key: own('ca.key') },
    'stranger.example': stranger.issue(['DNS:stranger.example']),
    'lonely.example': between,
    'between.example': { cert: between.cert + between.chain, key: between.key },
  };
}

/** The first host of a port answers those who ask for no name. */
function web(ports: Ports, closed: number, hosts: readonly string[]): string {
  const secure = hosts.map(
    (name) => `
  server {
    listen 127.0.0.1:${ports.secure} ssl http2;
    server_name ${name};
    ssl_certificate ${name}.pem;
    ssl_certificate_key ${name}.key;
    ${name.startsWith('client.') ? 'ssl_client_certificate ca.pem; ssl_verify_client on;' : ''}
    ${STAPLED.includes(name) ? `ssl_stapling on; ssl_stapling_file ${name}.der;` : ''}
    ${BACKENDS}
    location / { root pages; }
    location = /ok { default_type text/plain; return 200 "fine\\n"; }
  }`,
  );
  return `
  types { application/json json; text/plain txt; }
  keepalive_timeout 60s;
  ssl_protocols TLSv1.2 TLSv1.3;
  map $http_upgrade $connection_upgrade { default upgrade; '' close; }
  server {
    listen 127.0.0.1:${ports.plain};
    gzip on;
    gzip_types application/json;
    ${BACKENDS}
    location / { root pages; }
    location = /ok { default_type text/plain; return 200 "fine\\n"; }
    location /kept/ { root pages; dav_methods PUT DELETE; }
    location /trickle/ { alias pages/; limit_rate 1k; }
    location = /moved { return 301 /on; }
    location = /on { return 302 https://127.0.0.1:${ports.secure}/ok; }
    location = /loop { return 302 /loop/back; }
    location = /loop/back { return 302 /loop; }
    location = /forbidden { return 403; }
    location = /busy { return 429; }
    location = /broken { return 500; }
    location = /away { return 503; }
    location = /hang-up { return 444; }
    location = /gone-backend { proxy_pass http://127.0.0.1:${closed}; }
    location = /private { auth_basic shop; auth_basic_user_file users; try_files /page.json =404; root pages; }
    location = /session { add_header Set-Cookie "sid=s7; Path=/" always; return 201; }
    location = /orders { if ($cookie_sid != s7) { return 401; } return 200 "7 orders"; }
  }
  server {
    listen 127.0.0.1:${ports.old} ssl;
    ssl_protocols TLSv1.2;
    ssl_certificate shop.example.pem;
    ssl_certificate_key shop.example.key;
    location = /ok { return 200 "fine\\n"; }
  }
  server {
    listen 127.0.0.1:${ports.clear} http2;
    location = /ok { return 200 "fine\\n"; }
  }${secure.join('')}`;
}

/** What a test starts itself stands behind these, by the port in the query or in the header. */
const BACKENDS = `
    location = /backend { proxy_pass http://127.0.0.1:$arg_port; proxy_buffering off; }
    location = /slow-backend { proxy_pass http://127.0.0.1:$arg_port; proxy_read_timeout 200ms; }
    location = /live {
      proxy_pass http://127.0.0.1:$arg_port;
      proxy_http_version 1.1;
      proxy_set_header Upgrade $http_upgrade;
      proxy_set_header Connection $connection_upgrade;
    }
    location /grpc.health.v1.Health/ { grpc_pass grpc://127.0.0.1:$http_x_port; }`;

function mail({ smtp, imap, pop3, bare }: Ports): string {
  const server = (protocol: string, port: number, tls: string): string =>
    `  server { listen 127.0.0.1:${port}; protocol ${protocol}; ${tls} }`;
  const asked = 'starttls on;';
  return `  server_name mail.example;
  auth_http 127.0.0.1:1/nobody;
  ssl_certificate shop.example.pem;
  ssl_certificate_key shop.example.key;
${server('smtp', smtp, asked)}
${server('imap', imap, asked)}
${server('pop3', pop3, asked)}
${server('smtp', bare, '')}`;
}
