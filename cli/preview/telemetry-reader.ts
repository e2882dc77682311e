// Asks Prometheus and Loki what a dashboard asks, as Grafana would; an answer that is none says why.
import type { Answer, AnswerLine, AnswerSeries } from '../../dashboards/preview/answer.ts';
import type { Question, Span } from '../../dashboards/preview/question.ts';
import type { Telemetry } from '../../dashboards/signal.ts';

const TIMEOUT_MS = 30_000;
const AT_ONCE = 4;
const MOST_SERIES = 2000;
const MOST_LINES = 100;
const LARGEST_ANSWER = 67_108_864;

export interface TelemetryServers {
  /** Base addresses without a slash at the end. */
  readonly prometheus: string;
  readonly loki?: string | undefined;
  /** Bearer token for both. */
  readonly token?: string | undefined;
}

/** Answers to all questions, by key. Nothing is thrown for what servers say or do not say. */
export async function readTelemetry(
  servers: TelemetryServers,
  questions: readonly Question[],
  span: Span,
  progress: (done: number) => void = () => {},
): Promise<ReadonlyMap<string, Answer>> {
  const answers = new Map<string, Answer>();
  const waiting = questions.values();
  const work = async (): Promise<void> => {
    for (const question of waiting) {
      answers.set(question.key, await answer(servers, question, span));
      progress(answers.size);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  return answers;
}

async function answer(servers: TelemetryServers, question: Question, span: Span): Promise<Answer> {
  const { telemetry } = question;
  const url = telemetry === 'tempo' ? undefined : servers[telemetry];
  if (url === undefined) return failed(MISSING[telemetry]);
  try {
    const { path, query } = request(question, span);
    return await ask(`${url}${path}`, query, servers.token);
  } catch (error) {
    return failed(reasonOf(error, url));
  }
}

const MISSING: Readonly<Record<Telemetry, string>> = {
  prometheus: 'no Prometheus was named: add --prometheus',
  loki: 'no Loki was named: add --loki',
  tempo: 'the preview asks no tracing backend',
};

function request(
  { telemetry, expression, instant, step }: Question,
  { from, to }: Span,
): { readonly path: string; readonly query: Readonly<Record<string, string>> } {
  const base = telemetry === 'loki' ? '/loki/api/v1' : '/api/v1';
  const limit = telemetry === 'loki' ? { limit: String(MOST_LINES) } : {};
  if (instant)
    return { path: `${base}/query`, query: { query: expression, time: String(to), ...limit } };
  return {
    path: `${base}/query_range`,
    query: {
      query: expression,
      start: String(from),
      end: String(to),
      step: String(step),
      ...limit,
    },
  };
}

async function ask(
  address: string,
  query: Readonly<Record<string, string>>,
  token: string | undefined,
): Promise<Answer> {
  const response = await fetch(`${address}?${new URLSearchParams(query).toString()}`, {
    headers: token === undefined ? {} : { authorization: `Bearer ${token}` },
    signal: AbortSignal.timeout(TIMEOUT_MS),
  });
  const text = await limitedText(response);
  if (text === undefined) return failed(`the answer has more than ${LARGEST_ANSWER} bytes`);
  const body = parse(text);
  if (body === undefined) return failed(`the answer (${response.status}) is not JSON`);
  if (body.data === undefined) return failed(body.error ?? `the answer is ${response.status}`);
  return readAnswer(body.data);
}

async function limitedText(response: Response): Promise<string | undefined> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of response.body ?? []) {
    size += chunk.length;
    if (size > LARGEST_ANSWER) return undefined;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

interface Result {
  readonly metric?: Readonly<Record<string, string>>;
  readonly value?: readonly [number, string];
  readonly values?: readonly (readonly [number | string, string])[];
}

interface Body {
  readonly data?: { readonly resultType: string; readonly result: readonly Result[] };
  readonly error?: string;
}

function parse(text: string): Body | undefined {
  try {
    const body: unknown = JSON.parse(text);
    return typeof body === 'object' && body !== null ? body : undefined;
  } catch {
    return undefined;
  }
}

function readAnswer({ resultType, result }: NonNullable<Body['data']>): Answer {
  if (!Array.isArray(result)) return failed('the answer has no list of results');
  const found = result.slice(0, MOST_SERIES) as readonly Result[];
  if (resultType === 'streams')
    return { kind: 'lines', lines: found.flatMap(({ values = [] }) => values.map(readLine)) };
  if (resultType !== 'vector' && resultType !== 'matrix')
    return failed(`the answer is a ${resultType}, which no panel shows`);
  return { kind: 'series', series: found.map(readSeries) };
}

/** Times of log lines are nanoseconds as text. */
function readLine([at, text]: readonly [number | string, string]): AnswerLine {
  return { at: Number(at) / 1e9, text };
}

function readSeries({ metric = {}, value, values }: Result): AnswerSeries {
  const points = values ?? (value === undefined ? [] : [value]);
  return { labels: metric, points: points.map(([at, text]) => [Number(at), toNumber(text)]) };
}

function toNumber(text: string): number {
  if (text === '+Inf') return Infinity;
  return text === '-Inf' ? -Infinity : Number(text);
}

function failed(message: string): Answer {
  return { kind: 'failed', message };
}

function reasonOf(error: unknown, url: string): string {
  if (!(error instanceof Error)) return String(error);
  if (error.name === 'TimeoutError') return `no answer within ${TIMEOUT_MS / 1000} s from ${url}`;
  const { cause } = error;
  const why = cause instanceof Error && 'code' in cause ? String(cause.code) : error.message;
  return `nobody answers at ${url} (${why})`;
}
