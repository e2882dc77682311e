// What the errors and ends of HTTP/2 mean, the same for all kinds that speak it.
import type { ClientHttp2Session } from 'node:http2';
import { ProbeFailure } from '../probe-failure.ts';
import { brokenConnection } from './broken-connection.ts';

/** Why a session or a stream failed; `what` the server ended: `request`. */
export function http2Failure(error: NodeJS.ErrnoException, what: string): ProbeFailure {
  const { code = '', message } = error;
  if (code === 'ERR_HTTP2_ERROR' || code === 'ERR_HTTP2_SESSION_ERROR')
    return new ProbeFailure('protocol', `what answers does not speak HTTP/2: ${message}`, error);
  if (code === 'ERR_HTTP2_STREAM_ERROR')
    return new ProbeFailure('cut', `the server ended the ${what}: ${message}`, error);
  return brokenConnection(error);
}

/** Why a stream was closed before its answer was whole: with its connection, or alone by the code. */
export function http2Cut(session: ClientHttp2Session, code: number, what: string): ProbeFailure {
  return new ProbeFailure(
    'cut',
    session.destroyed
      ? `the connection ended before the ${what} was answered`
      : `the server ended the ${what} (HTTP/2 code ${code})`,
  );
}
