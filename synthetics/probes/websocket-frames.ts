// Messages over a WebSocket (RFC 6455): frames read strictly and within limits, pings answered, own frames masked.
import { isUtf8 } from 'node:buffer';
import { randomBytes } from 'node:crypto';
import { ProbeFailure } from '../probe-failure.ts';
import type { ByteChannel, Taken } from './byte-channel.ts';
import { createByteStore } from './byte-store.ts';

export interface MessageChannel {
  send(message: Buffer): void;
  /** The next message. @throws ProbeFailure `cut` when the other side closes, `protocol`, `too-large` */
  next(): Promise<Buffer>;
}

const CONTINUATION = 0;
const TEXT = 1;
const BINARY = 2;
const CLOSE = 8;
const PING = 9;
const PONG = 10;

/** Whoever sends that many frames without a message says nothing. */
const MOST_FRAMES = 1000;

export function createMessageChannel(
  channel: ByteChannel,
  maxMessageBytes: number,
): MessageChannel {
  return {
    send: (message) => channel.write(maskedFrame(TEXT, message)),
    async next() {
      const message = createByteStore();
      let type: number | undefined;
      for (let frames = 0; frames < MOST_FRAMES; frames += 1) {
        const { final, opcode, payload } = await channel.take('a whole frame came', (bytes) =>
          takeFrame(bytes, maxMessageBytes),
        );
        if (opcode === PING) channel.write(maskedFrame(PONG, payload));
        else if (opcode === CLOSE) throw closed(payload);
        if (opcode >= CLOSE) continue;
        if ((opcode === CONTINUATION) === (type === undefined))
          throw broken('a message begins within another, or goes on without having begun');
        type ??= opcode;
        if (message.length + payload.length > maxMessageBytes) throw tooLarge(maxMessageBytes);
        message.add(payload);
        if (!final) continue;
        const whole = message.all();
        if (type === TEXT && !isUtf8(whole)) throw broken('a text message is no UTF-8');
        return whole;
      }
      throw broken(`${MOST_FRAMES} frames hold no message`);
    },
  };
}

interface Frame {
  readonly final: boolean;
  readonly opcode: number;
  readonly payload: Buffer;
}

function takeFrame(bytes: Buffer, maxMessageBytes: number): Taken<Frame> | undefined {
  if (bytes.length < 2) return undefined;
  const first = bytes.readUInt8(0);
  const second = bytes.readUInt8(1);
  const opcode = first & 0x0f;
  const final = first >= 0x80;
  if ((first & 0x70) !== 0) throw broken('a frame uses an extension that nobody offered');
  if (![CONTINUATION, TEXT, BINARY, CLOSE, PING, PONG].includes(opcode))
    throw broken(`a frame has the opcode ${opcode}`);
  if (second >= 0x80) throw broken('a frame of the server is masked');
  const short = second & 0x7f;
  if (opcode >= CLOSE && (short > 125 || !final))
    throw broken('a control frame is longer than it may be');
  const begin = short === 127 ? 10 : short === 126 ? 4 : 2;
  if (bytes.length < begin) return undefined;
  const size =
    short === 127
      ? Number(bytes.readBigUInt64BE(2))
      : short === 126
        ? bytes.readUInt16BE(2)
        : short;
  if (size > maxMessageBytes) throw tooLarge(maxMessageBytes);
  if (bytes.length < begin + size) return undefined;
  const payload = bytes.subarray(begin, begin + size);
  return { value: { final, opcode, payload }, size: begin + size };
}

/** A client's frames are masked, so that nothing on the way takes them for something else. */
function maskedFrame(opcode: number, payload: Buffer): Buffer {
  const { length } = payload;
  const head =
    length < 126 ? Buffer.alloc(2) : length < 65_536 ? Buffer.alloc(4) : Buffer.alloc(10);
  head.writeUInt8(0x80 | opcode, 0);
  head.writeUInt8(0x80 | (length < 126 ? length : length < 65_536 ? 126 : 127), 1);
  if (head.length === 4) head.writeUInt16BE(length, 2);
  if (head.length === 10) head.writeBigUInt64BE(BigInt(length), 2);
  const mask = randomBytes(4);
  const masked = Buffer.from(payload);
  for (let index = 0; index < length; index += 1)
    masked[index] = (masked[index] ?? 0) ^ (mask[index % 4] ?? 0);
  return Buffer.concat([head, mask, masked]);
}

/** The frame that says good-bye: a normal end. */
export function closingFrame(): Buffer {
  return maskedFrame(CLOSE, Buffer.from([0x03, 0xe8]));
}

function closed(payload: Buffer): ProbeFailure {
  const code = payload.length >= 2 ? payload.readUInt16BE(0) : 1005;
  const reason = payload.toString('utf8', 2).slice(0, 125);
  const why = reason === '' ? '' : `: ${JSON.stringify(reason)}`;
  return new ProbeFailure(
    'cut',
    `the server closed with the code ${code}${why} before a message came`,
  );
}

function broken(message: string): ProbeFailure {
  return new ProbeFailure('protocol', message);
}

function tooLarge(limit: number): ProbeFailure {
  return new ProbeFailure('too-large', `a message is larger than maxMessageBytes, ${limit}`);
}
