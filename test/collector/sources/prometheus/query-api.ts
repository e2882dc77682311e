// A query API of the test's own: answers over HTTP what the test says, and remembers what it was asked.
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import type { PrometheusConnection } from '../../../../slo/connection.ts';

export interface Asked {
  readonly path: string;
  readonly form: Readonly<Record<string, string>>;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
}

export interface ApiAnswer {
  readonly status?: number;
  readonly body: string | Buffer;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface QueryApi {
  readonly url: string;
  readonly asked: readonly Asked[];
  answer: (asked: Asked) => ApiAnswer | Promise<ApiAnswer>;
  close(): Promise<void>;
}

export async function startQueryApi(): Promise<QueryApi> {
  const asked: Asked[] = [];
  const server = createServer((request, response) => {
    void text(request).then(async (body) => {
      const form = Object.fromEntries(new URLSearchParams(body));
      const question = { path: request.url ?? '', form, headers: request.headers };
      asked.push(question);
      const { status = 200, body: answer, headers = {} } = await api.answer(question);
      response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(answer);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const api: QueryApi = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked,
    answer: () => ({ body: matrix([]) }),
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  return api;
}

export type AnsweredSeries = readonly [
  Readonly<Record<string, string>>,
  ...(readonly [number, number])[],
];

/** The JSON of a matrix: for each series its labels, then seconds and values. */
export function matrix(series: readonly AnsweredSeries[]): string {
  const result = series.map(([metric, ...samples]) => ({
    metric,
    values: samples.map(([at, value]) => [at, String(value)]),
  }));
  return JSON.stringify({ status: 'success', data: { resultType: 'matrix', result } });
}

export function connectionTo(
  url: string,
  more: Partial<PrometheusConnection> = {},
): PrometheusConnection & { readonly url: string } {
  return {
    url,
    headers: {},
    timeoutSeconds: 10,
    remoteWrite: false,
    pollSeconds: 1,
    settleSeconds: 30,
    concurrency: 4,
    backfill: true,
    ...more,
  };
}
