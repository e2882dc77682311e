// One unary gRPC call over HTTP/2, its answer within limits and its phases timed.
import { type ClientHttp2Session, connect, constants, type IncomingHttpHeaders } from 'node:http2';
import type { Socket } from 'node:net';
import type { Attempt, Step } from '../probe.ts';
import { ProbeFailure } from '../probe-failure.ts';
import { createByteStore } from './byte-store.ts';
import { http2Cut, http2Failure } from './http2-failure.ts';

export interface GrpcCall {
  readonly host: string;
  readonly port: number;
  readonly secure: boolean;
  readonly path: string;
  readonly metadata: Readonly<Record<string, string>>;
  readonly message: Buffer;
  readonly maxMessageBytes: number;
}

/** How a call ended. */
export interface GrpcEnd {
  /** `OK`. */
  readonly code: string;
  readonly detail?: string;
  /** Of the beginning and the end, by lower-case name. */
  readonly metadata: ReadonlyMap<string, string>;
  readonly message?: Buffer;
}

const CODES =
  'OK CANCELLED UNKNOWN INVALID_ARGUMENT DEADLINE_EXCEEDED NOT_FOUND ALREADY_EXISTS PERMISSION_DENIED RESOURCE_EXHAUSTED FAILED_PRECONDITION ABORTED OUT_OF_RANGE UNIMPLEMENTED INTERNAL UNAVAILABLE DATA_LOSS UNAUTHENTICATED'.split(
    ' ',
  );

/** Calls, and waits for the end. @throws ProbeFailure `cut`, `protocol`, `too-large` */
export async function callGrpc(
  socket: Socket,
  call: GrpcCall,
  step: Step,
  attempt: Attempt,
): Promise<GrpcEnd> {
  const { host, port, secure } = call;
  const authority = `${host.includes(':') ? `[${host}]` : host}:${port}`;
  const session = connect(`${secure ? 'https' : 'http'}://${authority}`, {
    createConnection: () => socket,
    settings: { enablePush: false },
    // Megabytes that nghttp2 may hold for this one connection.
    maxSessionMemory: 2,
  });
  try {
    return callEnd(await exchange(session, call, step, attempt));
  } finally {
    session.destroy();
  }
}

interface Exchanged {
  /** Headers, and trailers. */
  readonly heads: readonly IncomingHttpHeaders[];
  readonly body: Buffer;
}

function exchange(
  session: ClientHttp2Session,
  call: GrpcCall,
  step: Step,
  { signal, timeoutMs }: Attempt,
): Promise<Exchanged> {
  return new Promise((resolve, reject) => {
    const aborted = (): void => reject(signal.reason as Error);
    signal.addEventListener('abort', aborted, { once: true });
    session.on('error', (error: NodeJS.ErrnoException) => reject(http2Failure(error, 'call')));
    session.on('close', () => reject(http2Cut(session, 0, 'call')));
    step.enter('firstByte');
    const stream = session.request({
      ...call.metadata,
      ':method': 'POST',
      ':path': call.path,
      'content-type': 'application/grpc+proto',
      te: 'trailers',
      'user-agent': 'ninefold-probe',
      'grpc-timeout': `${Math.min(timeoutMs, 99_999_999)}m`,
      'grpc-accept-encoding': 'identity',
      traceparent: step.traceparent,
    });
    const heads: IncomingHttpHeaders[] = [];
    const body = createByteStore();
    stream.on('response', (headers) => {
      step.enter('transfer');
      heads.push(headers);
    });
    stream.on('trailers', (headers) => void heads.push(headers));
    stream.on('data', (data: Buffer) => {
      if (body.length + data.length > call.maxMessageBytes + FRAME_HEAD) {
        reject(
          new ProbeFailure(
            'too-large',
            `the answer is larger than maxMessageBytes, ${call.maxMessageBytes}`,
          ),
        );
        session.destroy();
      } else body.add(data);
    });
    stream.on('error', (error: NodeJS.ErrnoException) => reject(http2Failure(error, 'call')));
    stream.on('close', () => {
      signal.removeEventListener('abort', aborted);
      const code = stream.rstCode ?? 0;
      const told = heads.some((head) => head['grpc-status'] !== undefined);
      if (!told && (heads.length === 0 || code !== constants.NGHTTP2_NO_ERROR)) {
        reject(http2Cut(session, code, 'call'));
        return;
      }
      step.leave();
      resolve({ heads, body: body.all() });
    });
    const head = Buffer.alloc(FRAME_HEAD);
    head.writeUInt32BE(call.message.length, 1);
    stream.end(Buffer.concat([head, call.message]));
  });
}

/** A flag whether the message is packed, and its length. */
const FRAME_HEAD = 5;

function callEnd({ heads, body }: Exchanged): GrpcEnd {
  const metadata = new Map<string, string>();
  for (const head of heads)
    for (const [name, value] of Object.entries(head))
      if (!name.startsWith(':') && value !== undefined) metadata.set(name, String(value));
  const [first] = heads;
  const status = metadata.get('grpc-status');
  if (status === undefined)
    throw new ProbeFailure(
      'protocol',
      `the answer has no grpc-status, but the HTTP status ${String(first?.[':status'])}`,
    );
  const detail = metadata.get('grpc-message');
  const code = CODES[Number(status)] ?? `CODE_${status.slice(0, 20)}`;
  return {
    code,
    ...(detail === undefined ? {} : { detail: readable(detail) }),
    metadata,
    ...(body.length === 0 && code !== 'OK' ? {} : { message: onlyMessage(body) }),
  };
}

function onlyMessage(body: Buffer): Buffer {
  if (body.length < FRAME_HEAD) throw new ProbeFailure('protocol', 'the answer holds no message');
  if (body[0] !== 0)
    throw new ProbeFailure('protocol', 'the message is packed in a way that was not offered');
  const size = body.readUInt32BE(1);
  if (size === body.length - FRAME_HEAD) return body.subarray(FRAME_HEAD);
  throw new ProbeFailure(
    'protocol',
    `the message has ${body.length - FRAME_HEAD} bytes and says that it has ${size}`,
  );
}

/** grpc-message is percent-encoded; what is not stays as it came. */
function readable(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
