/** A mail server on loopback that keeps the mails as they came, undecoded. */
import { createServer, type AddressInfo, type Socket } from 'node:net';

export interface MailSink {
  /** `host:port`. */
  readonly smarthost: string;
  mails(): readonly string[];
  stop(): Promise<void>;
}

export async function startMailSink(): Promise<MailSink> {
  const mails: string[] = [];
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    socket.on('error', () => socket.destroy());
    converse(socket, mails);
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });
  return {
    smarthost: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    mails: () => [...mails],
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const socket of sockets) socket.destroy();
      }),
  };
}

/** As much SMTP as a mail without login or TLS needs. */
function converse(socket: Socket, mails: string[]): void {
  let text = '';
  let inMail = false;
  socket.write('220 loopback\r\n');
  socket.on('data', (chunk) => {
    text += chunk.toString('latin1');
    for (;;) {
      const end = inMail ? '\r\n.\r\n' : '\r\n';
      const at = text.indexOf(end);
      if (at < 0) return;
      const said = text.slice(0, at);
      text = text.slice(at + end.length);
      if (inMail) mails.push(said);
      inMail = !inMail && said.toUpperCase() === 'DATA';
      socket.write(inMail ? '354 go on\r\n' : '250 ok\r\n');
    }
  });
}
