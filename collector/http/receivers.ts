// Telemetry in over HTTP: remote write and event ingest, handed as bytes to the sources that understand them.
import type { FastifyInstance, FastifyReply } from 'fastify';
import { continued, fail, traced } from '../tracing.ts';
import { HttpProblem, problemFor } from './problem.ts';

export type RequestHeaders = Readonly<Record<string, string | string[] | undefined>>;

/** A source's answer. 2xx means committed; any other status comes with a sentence for the sender. */
export interface Received {
  readonly status: number;
  /** Text is the detail of an error; an object is the body of a success. */
  readonly body?: string | object;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface RemoteWriteReceiver {
  receive(body: Uint8Array, headers: RequestHeaders): Promise<Received>;
}

export interface IngestReceiver {
  receive(request: {
    readonly stream: string;
    readonly body: Uint8Array;
    readonly headers: RequestHeaders;
  }): Promise<Received>;
}

export interface ReceiverOptions {
  readonly remoteWrite?: RemoteWriteReceiver | undefined;
  readonly ingest?: IngestReceiver | undefined;
  /** Bytes of one request body as sent. */
  readonly bodyBytes: number;
  readonly requestsPerMinute: number;
}

/** What senders may send; anything a browser could post unasked from another site is not among it. */
export const INGEST_TYPES = ['application/json', 'application/x-ndjson', 'application/ndjson'];
export const REMOTE_WRITE_TYPES = ['application/x-protobuf'];

const NOTHING = new Uint8Array(0);

export async function receiverRoutes(
  app: FastifyInstance,
  options: ReceiverOptions,
): Promise<void> {
  const { remoteWrite, ingest, bodyBytes } = options;
  app.removeAllContentTypeParsers();
  app.addContentTypeParser<Buffer>(
    [...INGEST_TYPES, ...REMOTE_WRITE_TYPES],
    { parseAs: 'buffer', bodyLimit: bodyBytes },
    (_request, body, done) => done(null, body),
  );
  const config = {
    access: 'ingest' as const,
    otel: false,
    rateLimit: { max: options.requestsPerMinute, timeWindow: '1 minute' },
  };

  app.post<{ Body?: Uint8Array }>(
    '/write',
    { config, schema: { summary: 'Prometheus remote write 1.0', tags: ['Telemetry in'] } },
    async ({ headers, body }, reply) => {
      if (remoteWrite === undefined)
        throw new HttpProblem(
          'not-found',
          'No SLO is read from remote write; set remoteWrite on a Prometheus connection.',
        );
      return receive('remote-write.receive', headers, reply, {}, () =>
        remoteWrite.receive(body ?? NOTHING, headers),
      );
    },
  );

  app.post<{ Params: { stream: string }; Body?: Uint8Array }>(
    '/ingest/:stream',
    {
      config,
      schema: {
        summary: 'Events of one stream, as NDJSON or a JSON array',
        tags: ['Telemetry in'],
      },
    },
    async ({ headers, body, params: { stream } }, reply) => {
      if (ingest === undefined)
        throw new HttpProblem(
          'not-found',
          `No SLO reads an ingest stream, so not ${shown(stream)}.`,
        );
      return receive('ingest.receive', headers, reply, { 'ninefold.stream': shown(stream) }, () =>
        ingest.receive({ stream, body: body ?? NOTHING, headers }),
      );
    },
  );
}

/** One span around the work, which goes on the sender's trace; HTTP instrumentation leaves these busy routes out. */
async function receive(
  name: string,
  headers: RequestHeaders,
  reply: FastifyReply,
  attributes: Readonly<Record<string, string>>,
  work: () => Promise<Received>,
): Promise<FastifyReply> {
  const received = await continued(headers, () =>
    traced(name, attributes, async (span) => {
      const result = await work();
      span.setAttribute('http.response.status_code', result.status);
      if (result.status >= 500) fail(span, new Error(`answered ${result.status}`));
      return result;
    }),
  );
  return answer(reply, received);
}

function answer(reply: FastifyReply, { status, body, headers = {} }: Received): FastifyReply {
  if (status < 400) {
    reply.code(status).headers(headers);
    return body === undefined ? reply.send() : reply.send(body);
  }
  const detail = typeof body === 'string' ? body : 'Nothing of the request could be used.';
  const members = typeof body === 'object' ? { ...body } : {};
  throw new HttpProblem(problemFor(status), detail, { headers, members });
}

/** A name from outside as it may stand in a message. */
function shown(text: string): string {
  return text.length > 100 ? `${text.slice(0, 100)}…` : text;
}
