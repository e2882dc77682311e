/** The checks of examples/observed-services, tried with the command line against services on this machine. */
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { ninefold } from '../cli/ninefold.ts';
import { grpcReply, grpcServer } from './grpc-server.ts';
import { lineServer, onLine } from './line-server.ts';
import { rawServer, reply } from './raw-server.ts';
import { websocketServer } from './websocket-server.ts';

const EXAMPLE = path.join(import.meta.dirname, '../../examples/observed-services');
const folder = mkdtempSync(path.join(tmpdir(), 'ninefold-services-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

it('pass against services that are well, and each tells what is wrong with one that is not', async () => {
  let well = true;
  const redis = await lineServer((socket) => {
    onLine(socket, () => socket.end(well ? '+PONG\r\n' : '-LOADING\r\n'));
  });
  const live = await websocketServer({
    frame: (served, opcode) => {
      if (opcode === 1) served.say(well ? 'pong' : 'overloaded');
    },
  });
  const orders = await grpcServer((stream) => grpcReply(Buffer.from([8, well ? 1 : 2]))(stream));
  let review = '';
  const json = { 'Content-Type': 'application/json' };
  const api = await rawServer((socket, request) => {
    if (request.startsWith('POST')) review = request;
    if (request.startsWith('GET /orders'))
      reply('200 OK', `{"id":7,"state":"${well ? 'sent' : 'lost'}"}`, json)(socket);
    else if (request.startsWith('GET /backup'))
      reply('200 OK', JSON.stringify({ lastSuccess: well ? new Date() : 0 }), json)(socket);
    else reply('200 OK', well ? review : 'nothing')(socket);
  });
  cpSync(EXAMPLE, folder, { recursive: true });
  const file = path.join(folder, 'services.checks.ts');
  const text = readFileSync(file, 'utf8')
    .replaceAll('redis.example:6379', redis.address)
    .replaceAll('live.example:8080', live.address)
    .replaceAll('orders.example:9000', orders.address)
    .replaceAll('http://api.example:8000', api.url)
    .replace(`within: '10s'`, `within: '1s'`);
  writeFileSync(file, text);
  const good = await ninefold(['probe', file], {});
  expect(good).toMatchObject({ code: 0, stderr: '' });
  expect(good.stdout).toMatch(/\n6 passed\.\n$/);
  well = false;
  const bad = await ninefold(['probe', file], {});
  expect(bad.code).toBe(1);
  for (const part of [
    '-LOADING',
    'overloaded',
    'NOT_SERVING',
    'body /state must be equal',
    'ninefold-',
    'age seconds is at most 90000',
  ])
    expect(bad.stdout).toContain(part);
});
