/**
 * An HTTP server that keeps Grafana's documented rules for folders and dashboards, because no Grafana can be had where
 * the tests run: both of its APIs over one store, with tokens, roles, conflicts, and failures on demand.
 */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { answerClassic, type GrafanaCall, type GrafanaReply } from './grafana-classic-routes.ts';
import { answerResource } from './grafana-resource-routes.ts';
import { createGrafanaStore, type GrafanaStore, type Json, Refusal } from './grafana-store.ts';

/** What happens to a request instead of its answer. */
export interface GrafanaFault {
  /** @default every request */
  readonly to?: (call: Pick<GrafanaCall, 'method' | 'path'>) => boolean;
  /** How many requests. @default 1 */
  readonly times?: number;
  /** `lost`: the change is made, and the connection ends before the answer. */
  readonly answer:
    { readonly status: number; readonly retryAfter?: string; readonly location?: string } | 'lost';
}

export interface GrafanaOptions {
  /** Roles by token. */
  readonly tokens: Readonly<Record<string, 'Viewer' | 'Editor'>>;
  /** Path below which it lies: `/grafana`. @default '' */
  readonly basePath?: string;
  /** Versions of dashboard.grafana.app that it has. @default all */
  readonly versions?: readonly string[];
}

export interface RunningGrafana {
  readonly url: string;
  readonly store: GrafanaStore;
  /** `POST /api/folders`, first to last. */
  requests(): readonly string[];
  fail(fault: GrafanaFault): void;
  /** Called with every further request before it is looked at, as time passes between two of them. */
  meanwhile(what: (call: Pick<GrafanaCall, 'method' | 'path'>) => void): void;
  /** Somebody changes and saves a dashboard in the browser. */
  edit(uid: string, change: (spec: Json) => Json, user: string): void;
  stop(): Promise<void>;
}

const LARGEST_BODY = 32 << 20;

export async function startGrafana(options: GrafanaOptions): Promise<RunningGrafana> {
  const store = createGrafanaStore();
  const requests: string[] = [];
  const faults: { fault: GrafanaFault; left: number }[] = [];
  const { basePath = '' } = options;
  let happens: Parameters<RunningGrafana['meanwhile']>[0] | undefined;

  const handle = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const url = new URL(request.url ?? '/', 'http://grafana');
    const method = request.method ?? '';
    const text = await bodyOf(request);
    if (!url.pathname.startsWith(`${basePath}/`)) {
      response.writeHead(404).end('not here');
      return;
    }
    const path = url.pathname.slice(basePath.length);
    requests.push(`${method} ${path}`);
    happens?.({ method, path });
    const found = faults.find(
      ({ fault, left }) => left > 0 && (fault.to?.({ method, path }) ?? true),
    );
    if (found !== undefined) found.left -= 1;
    const answer = found?.fault.answer;
    if (answer !== undefined && answer !== 'lost') {
      const { status, retryAfter, location } = answer;
      if (location !== undefined) response.setHeader('location', location);
      send(response, { status, body: { message: 'not now' } }, retryAfter);
      return;
    }
    const reply = replyTo(store, options, request.headers.authorization, {
      method,
      path,
      query: url.searchParams,
      text,
    });
    if (answer === 'lost') request.socket.destroy();
    else send(response, reply);
  };
  const server = createServer((request, response) => {
    handle(request, response).catch((error: unknown) => {
      response.writeHead(500).end(String(error));
    });
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });

  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}${basePath}`,
    store,
    requests: () => [...requests],
    fail(fault) {
      faults.push({ fault, left: fault.times ?? 1 });
    },
    meanwhile(what) {
      happens = what;
    },
    edit(uid, change, user) {
      const there = store.dashboards.get(uid);
      if (there === undefined) throw new Error(`there is no dashboard ${uid}`);
      store.updateDashboard({ ...there, spec: change(there.spec), user });
    },
    async stop() {
      if (!server.listening) return;
      const closed = new Promise<void>((resolve) => {
        server.close(() => resolve());
      });
      server.closeAllConnections();
      await closed;
    },
  };
}

function replyTo(
  store: GrafanaStore,
  { tokens, versions = ['v1beta1', 'v1', 'v2'] }: GrafanaOptions,
  authorization: string | undefined,
  call: Pick<GrafanaCall, 'method' | 'path' | 'query'> & { readonly text: string },
): GrafanaReply {
  const token = /^Bearer (.+)$/.exec(authorization ?? '')?.[1];
  const role = token === undefined ? undefined : tokens[token];
  if (role === undefined) return { status: 401, body: { message: 'Invalid API key' } };
  if (role === 'Viewer' && call.method !== 'GET')
    return {
      status: 403,
      body: {
        message: 'You’ll need additional permissions to perform this action.',
        accessErrorId: 'ACE0',
      },
    };
  try {
    const body = (call.text === '' ? {} : JSON.parse(call.text)) as Json;
    const version = /^\/apis\/dashboard\.grafana\.app\/([^/]+)/.exec(call.path)?.[1];
    const full = { ...call, body, user: `sa-${role.toLowerCase()}` };
    const reply = call.path.startsWith('/api/')
      ? answerClassic(store, full)
      : version !== undefined && !versions.includes(version)
        ? undefined
        : answerResource(store, full);
    return reply ?? { status: 404, body: { message: 'Not found' } };
  } catch (error) {
    if (error instanceof SyntaxError) return { status: 400, body: { message: 'bad request data' } };
    if (!(error instanceof Refusal)) throw error;
    const { status, message, kind } = error;
    return { status, body: { message, ...(kind !== undefined && { status: kind }) } };
  }
}

function send(response: ServerResponse, { status, body }: GrafanaReply, retryAfter?: string): void {
  response
    .writeHead(status, {
      'content-type': 'application/json; charset=UTF-8',
      ...(retryAfter !== undefined && { 'retry-after': retryAfter }),
    })
    .end(JSON.stringify(body));
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > LARGEST_BODY) throw new Error(`body larger than ${LARGEST_BODY} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString();
}
