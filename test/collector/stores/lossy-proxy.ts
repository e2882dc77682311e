/** A way to a server that can lose answers or lead nowhere: what a network does at the worst moment. */
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

export interface LossyProxy {
  readonly port: number;
  /** Lets everything through again. */
  open(): void;
  /** Ends all connections and takes no new ones until `open`. */
  close(): void;
  /** The next request that contains `text` still reaches the server; its answer is lost with the connection. */
  loseAnswerTo(text: string, after: 'open' | 'close'): void;
  /** How many answers were lost. */
  lost(): number;
  stop(): Promise<void>;
}

export async function startLossyProxy(host: string, port: number): Promise<LossyProxy> {
  const sockets = new Set<Socket>();
  let isOpen = true;
  let lostAnswers = 0;
  let losing: { readonly text: string; readonly after: 'open' | 'close' } | undefined;
  const endAll = (): void => {
    for (const socket of sockets) socket.destroy();
  };
  const server = createServer((client) => {
    if (!isOpen) return void client.destroy();
    const upstream = connect({ host, port });
    let lost: typeof losing;
    for (const socket of [client, upstream]) {
      sockets.add(socket);
      socket.on('error', () => {});
      socket.on('close', () => {
        sockets.delete(socket);
        client.destroy();
        upstream.destroy();
      });
    }
    client.on('data', (request: Buffer) => {
      if (losing !== undefined && request.includes(losing.text)) {
        lost = losing;
        losing = undefined;
      }
      upstream.write(request);
    });
    upstream.on('data', (answer: Buffer) => {
      if (lost === undefined) return void client.write(answer);
      lostAnswers++;
      isOpen = lost.after === 'open';
      endAll();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    port: (server.address() as AddressInfo).port,
    open() {
      isOpen = true;
    },
    close() {
      isOpen = false;
      endAll();
    },
    loseAnswerTo(text, after) {
      losing = { text, after };
    },
    lost: () => lostAnswers,
    async stop() {
      const closed = new Promise((resolve) => server.close(resolve));
      endAll();
      await closed;
    },
  };
}
