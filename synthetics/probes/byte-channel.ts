// A conversation over a connection: bytes are written, and read until what is awaited has come, within a limit.
import type { Socket } from 'node:net';
import { ProbeFailure } from '../probe-failure.ts';
import { brokenConnection } from './broken-connection.ts';
import { type ByteStore, createByteStore } from './byte-store.ts';

/** What is taken from the front of the bytes that have come. */
export interface Taken<T> {
  readonly value: T;
  /** Bytes that are then behind us. */
  readonly size: number;
}

export interface ByteChannel {
  write(bytes: Uint8Array | string): void;
  /**
   * Waits until `take` finds what it looks for in the bytes that came and were not taken. One wait at a time.
   * @throws ProbeFailure `cut` when the connection ends before, `too-large` when more bytes come than the limit
   */
  take<T>(what: string, take: (bytes: Buffer, ended: boolean) => Taken<T> | undefined): Promise<T>;
  /** Stops listening, and gives the bytes that were not taken. */
  release(): Buffer;
}

/** Bytes that are looked at whenever some come; beyond, looks become rare enough that many small pieces cost little. */
const FEW_BYTES = 8192;
const REST_MS = 10;

/** A channel that keeps so many bytes at most that nobody took; `seen` is called when the first byte comes. */
export function createByteChannel(
  socket: Socket,
  limit: number,
  signal: AbortSignal,
  seen: () => void = () => {},
): ByteChannel {
  let pending: ByteStore = createByteStore();
  let began = false;
  let ended: ProbeFailure | undefined;
  let looked = 0;
  let timer: NodeJS.Timeout | undefined;
  let look: ((end?: ProbeFailure) => void) | undefined;

  const came = (bytes: Buffer): void => {
    if (!began) seen();
    began = true;
    pending.add(bytes);
    if (pending.length > limit) socket.pause();
    if (pending.length <= FEW_BYTES || pending.length > limit || pending.length > 1.25 * looked)
      look?.();
    else timer ??= setTimeout(() => look?.(), REST_MS);
  };
  const end = (failure: ProbeFailure): void => {
    ended ??= failure;
    look?.(ended);
  };
  const finished = (): void => end(new ProbeFailure('cut', 'the connection ended'));
  const broke = (error: NodeJS.ErrnoException): void => end(brokenConnection(error));
  socket.on('data', came);
  socket.on('end', finished);
  socket.on('close', finished);
  socket.on('error', broke);

  function consume(size: number): void {
    const rest = pending.all().subarray(size);
    pending = createByteStore();
    if (rest.length > 0) pending.add(rest);
    looked = 0;
  }

  return {
    write: (bytes) => void socket.write(bytes),
    take: (what, take) =>
      new Promise((resolve, reject) => {
        const settle = (): void => {
          clearTimeout(timer);
          timer = undefined;
          look = undefined;
          signal.removeEventListener('abort', aborted);
        };
        const aborted = (): void => {
          settle();
          reject(signal.reason as Error);
        };
        const attemptTo = (): void => {
          clearTimeout(timer);
          timer = undefined;
          const bytes = pending.all();
          looked = bytes.length;
          try {
            const taken = take(bytes, ended !== undefined);
            if (taken !== undefined) {
              consume(taken.size);
              settle();
              resolve(taken.value);
              return;
            }
            if (signal.aborted) throw signal.reason;
            if (ended !== undefined)
              throw new ProbeFailure(ended.code, `${ended.message} before ${what}`, ended);
            if (bytes.length > limit)
              throw new ProbeFailure('too-large', `more than ${limit} bytes came before ${what}`);
            socket.resume();
          } catch (error) {
            settle();
            reject(error);
          }
        };
        look = attemptTo;
        signal.addEventListener('abort', aborted, { once: true });
        attemptTo();
      }),
    release() {
      clearTimeout(timer);
      socket.off('data', came);
      socket.off('end', finished);
      socket.off('close', finished);
      socket.off('error', broke);
      return pending.all();
    },
  };
}
