// Every service that Alertmanager tells, on loopback: it takes what is sent, answers as the real one would, and keeps it.
import { createServer as createHttpServer } from 'node:http';
import {
  createServer as createTcpServer,
  type AddressInfo,
  type Server,
  type Socket,
} from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';

export interface Loopback {
  readonly url: `http://${string}`;
  /** `host:port` of the mail server. */
  readonly smarthost: string;
  /** All that came for a first part of a path, joined; mails are under `email`. Waits until something fits. */
  received(name: string, fits: (text: string) => boolean): Promise<string>;
  stop(): Promise<void>;
}

/** What a service answers where a bare 200 is not enough. */
const ANSWERS: readonly (readonly [RegExp, object])[] = [
  [
    /\/sendMessage$/,
    { ok: true, result: { message_id: 1, date: 0, chat: { id: -1, type: 'group' } } },
  ],
  [/\/gettoken/, { errcode: 0, access_token: 'token' }],
  [/\/message\/send/, { errcode: 0 }],
  [/\/search/, { issues: [] }],
  [/\/issue$/, { id: '1', key: 'SHOP-1' }],
  [/\/chat\.postMessage$/, { success: true }],
  [/^\/slack-app/, { ok: true }],
];

export async function startLoopback(): Promise<Loopback> {
  const kept = new Map<string, string>();
  const keep = (name: string, text: string): void => {
    kept.set(name, `${kept.get(name) ?? ''}${text}\n`);
  };
  const http = createHttpServer((request, response) => {
    const path = request.url ?? '';
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      keep(path.split('/')[1] ?? '', Buffer.concat(chunks).toString());
      const answer = ANSWERS.find(([pattern]) => pattern.test(path))?.[1];
      response.setHeader('content-type', answer === undefined ? 'text/plain' : 'application/json');
      // The connectors of Teams said `1` when they had understood.
      response.end(answer === undefined ? '1' : JSON.stringify(answer));
    });
  });
  const smtp = createTcpServer((socket) => converse(socket, (mail) => keep('email', mail)));
  const [httpPort, smtpPort] = [await listen(http), await listen(smtp)];
  return {
    url: `http://127.0.0.1:${httpPort}`,
    smarthost: `127.0.0.1:${smtpPort}`,
    async received(name, fits) {
      for (let tries = 0; tries < 300; tries += 1) {
        const text = kept.get(name) ?? '';
        if (fits(text)) return text;
        await pause(50);
      }
      throw new Error(
        `nothing that fits came to ${name}; this did: ${kept.get(name) ?? 'nothing'}`,
      );
    },
    async stop() {
      http.closeAllConnections();
      await Promise.all([close(http), close(smtp)]);
    },
  };
}

/** As much SMTP as a mail without login or TLS needs. */
function converse(socket: Socket, keep: (mail: string) => void): void {
  let text = '';
  let inMail = false;
  socket.on('error', () => socket.destroy());
  socket.write('220 loopback\r\n');
  socket.on('data', (chunk) => {
    text += chunk.toString();
    for (;;) {
      const end = inMail ? '\r\n.\r\n' : '\r\n';
      const at = text.indexOf(end);
      if (at < 0) return;
      const said = text.slice(0, at);
      text = text.slice(at + end.length);
      if (inMail) keep(unquoted(said));
      inMail = !inMail && /^DATA$/i.test(said);
      socket.write(inMail ? '354 go on\r\n' : /^QUIT$/i.test(said) ? '221 bye\r\n' : '250 ok\r\n');
    }
  });
}

/** Quoted-printable text as it was before; a boundary of digits that looks like it is no text, and may become anything. */
function unquoted(mail: string): string {
  const bytes = mail
    .replaceAll('=\r\n', '')
    .replaceAll(/=([0-9A-F]{2})/g, (_, hex: string) =>
      String.fromCharCode(Number.parseInt(hex, 16)),
    );
  return Buffer.from(bytes, 'latin1').toString();
}

function listen(server: Server): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => resolve((server.address() as AddressInfo).port));
  });
}

function close(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
  });
}
