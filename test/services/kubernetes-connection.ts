/** Requests to a Kubernetes API server, with its certificate and a token; a refusal is an error that says what it said. */
import { request as requestHttp } from 'node:http';
import { request as requestHttps } from 'node:https';

export interface KubernetesConnection {
  /** `https://127.0.0.1:17345`, or the address of a `kubectl proxy`, which needs neither certificate nor token. */
  readonly url: string;
  /** Certificates in PEM that the server's own is checked against. */
  readonly ca?: string;
  readonly token?: string;
}

export interface KubernetesRequest {
  readonly method: 'GET' | 'POST' | 'PATCH' | 'DELETE';
  /** With its query. */
  readonly path: string;
  readonly contentType?: string;
  readonly body?: string;
}

/** The API server's refusal; the message is its own, which lists everything that is wrong. */
class KubernetesRefusal extends Error {
  override readonly name = 'KubernetesRefusal';
  /** HTTP status: 404, 409, 422 … */
  readonly status: number;
  /** Its word for it: `Invalid`, `BadRequest`, `NotFound` … */
  readonly reason: string;

  constructor(asked: KubernetesRequest, status: number, reason: string, message: string) {
    super(`${asked.method} ${asked.path}: ${status} ${reason}: ${message}`);
    this.status = status;
    this.reason = reason;
  }
}

const TIMEOUT_MS = 30_000;

/** The answer's JSON. Throws KubernetesRefusal for every status but 2xx. */
export async function askKubernetes(
  connection: KubernetesConnection,
  asked: KubernetesRequest,
): Promise<unknown> {
  const { status, text } = await exchange(connection, asked);
  if (status >= 200 && status < 300) return JSON.parse(text);
  const { reason, message } = refusal(text);
  throw new KubernetesRefusal(asked, status, reason, message);
}

/** The answer, or undefined where the server has no such thing (404). */
export async function ifThere(answer: Promise<unknown>): Promise<unknown> {
  try {
    return await answer;
  } catch (error) {
    if (error instanceof KubernetesRefusal && error.status === 404) return undefined;
    throw error;
  }
}

/** True when the path of a health check answers 200; false while its server listens and is not ready. */
export async function isHealthy(
  connection: KubernetesConnection,
  path: '/readyz' | '/healthz',
): Promise<boolean> {
  const { status } = await exchange(connection, { method: 'GET', path });
  return status === 200;
}

function exchange(
  { url, ca, token }: KubernetesConnection,
  { method, path, contentType = 'application/json', body }: KubernetesRequest,
): Promise<{ readonly status: number; readonly text: string }> {
  const request = url.startsWith('https:') ? requestHttps : requestHttp;
  const headers = {
    accept: 'application/json',
    ...(body !== undefined && { 'content-type': contentType }),
    ...(token !== undefined && { authorization: `Bearer ${token}` }),
  };
  return new Promise((resolve, reject) => {
    const sent = request(
      `${url}${path}`,
      { method, headers, timeout: TIMEOUT_MS, ...(ca !== undefined && { ca }) },
      (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.once('error', reject);
        response.once('end', () =>
          resolve({ status: response.statusCode ?? 0, text: Buffer.concat(chunks).toString() }),
        );
      },
    );
    sent.once('timeout', () =>
      sent.destroy(new Error(`${method} ${path}: no answer in ${TIMEOUT_MS / 1000} s`)),
    );
    sent.once('error', reject);
    sent.end(body);
  });
}

/** The fields of a `Status` object; of any other answer its text. */
function refusal(text: string): { readonly reason: string; readonly message: string } {
  try {
    const { reason = '', message = text } = JSON.parse(text) as {
      reason?: string;
      message?: string;
    };
    return { reason, message };
  } catch {
    return { reason: '', message: text };
  }
}
