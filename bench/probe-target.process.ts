// A server that answers every request with three bytes over a connection of its own, and does nothing else.
import { createServer } from 'node:net';
import process from 'node:process';

const ANSWER = Buffer.from('HTTP/1.1 200 OK\r\nContent-Length: 3\r\nConnection: close\r\n\r\nok\n');

const server = createServer((socket) => {
  socket.on('error', () => {});
  socket.once('data', () => socket.end(ANSWER));
});
server.listen(0, '127.0.0.1', 511, () => {
  const address = server.address();
  process.send?.(typeof address === 'object' ? address?.port : undefined);
});
process.on('disconnect', () => process.exit(0));
