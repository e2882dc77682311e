// Schemas fetched from where they are published, each kept: for ever when it cannot change, for a minute when it can.
import { isRecord } from '../../slo/plain-data.ts';
import type { PublishedSchema } from '../checks/published-schema.ts';
import type { Attempt } from '../probe.ts';
import { ProbeFailure } from '../probe-failure.ts';
import { followHttp, type HttpTools } from './http-redirects.ts';

export interface SchemaStore {
  /**
   * The schema's text, kept or fetched in a step of its own, which has half of the try's time.
   * @throws ProbeFailure `setup`: a schema that cannot be had is no fault of the target
   */
  get(schema: PublishedSchema, attempt: Attempt): Promise<Uint8Array>;
}

interface KeptSchema {
  readonly text: Uint8Array;
  readonly fetchedMs: number;
}

const MOST_SCHEMAS = 100;
const FRESH_MS = 60_000;
/** Beyond its minute a schema still serves while the server of schemas is away. */
const STALE_MS = 86_400_000;

/** @param monotonic milliseconds of a clock that never goes back */
export function createSchemaStore(
  tools: HttpTools,
  monotonic: () => number = () => performance.now(),
): SchemaStore {
  const kept = new Map<string, KeptSchema>();
  return {
    async get(schema, attempt) {
      // Who may read it is part of what is asked: nobody gets what was fetched with another's credentials.
      const key = JSON.stringify(schema.published);
      const before = kept.get(key);
      const age = before === undefined ? Infinity : monotonic() - before.fetchedMs;
      if (before !== undefined && (!schema.changes || age < FRESH_MS)) return before.text;
      try {
        const text = await fetchSchema(tools, schema, attempt);
        kept.delete(key);
        if (kept.size >= MOST_SCHEMAS) kept.delete(kept.keys().next().value ?? '');
        kept.set(key, { text, fetchedMs: monotonic() });
        return text;
      } catch (error) {
        if (attempt.signal.aborted || before === undefined || age >= STALE_MS) throw error;
        return before.text;
      }
    },
  };
}

async function fetchSchema(
  tools: HttpTools,
  { name, published, inRecord }: PublishedSchema,
  attempt: Attempt,
): Promise<Uint8Array> {
  const slow = new AbortController();
  const halfMs = attempt.timeoutMs / 2;
  const timer = setTimeout(
    () => slow.abort(new ProbeFailure('timeout', `no answer within ${Math.round(halfMs)} ms`)),
    halfMs,
  );
  try {
    const { response } = await followHttp(tools, published, {
      ...attempt,
      signal: AbortSignal.any([attempt.signal, slow.signal]),
      step: (label) => attempt.step(`contract: ${label}`),
      // The certificate that a run tells of is the target's.
      certificate: () => {},
    });
    return schemaOf(response, inRecord);
  } catch (cause) {
    if (attempt.signal.aborted) throw cause;
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new ProbeFailure(
      'setup',
      `the contract ${name} cannot be had from ${published.url}: ${reason}`,
      cause,
    );
  } finally {
    clearTimeout(timer);
  }
}

function schemaOf(
  { status, body }: { readonly status: number; readonly body: Buffer },
  inRecord: boolean,
): Uint8Array {
  if (status !== 200) throw new Error(`it answers ${status}${saidIn(body)}`);
  if (!inRecord) return body;
  const record = parsed(body);
  const { schema, schemaType = 'AVRO', references } = record;
  if (typeof schema !== 'string') throw new Error('its answer holds no schema');
  // A registry leaves the type out when it is the oldest one.
  if (schemaType !== 'JSON')
    throw new Error(`it is of the type ${String(schemaType).slice(0, 40)}, not JSON`);
  if (Array.isArray(references) && references.length > 0)
    throw new Error('it refers to other subjects, which are not followed');
  return new TextEncoder().encode(schema);
}

/** ` (Subject 'orders' not found.)`: what a registry says of an error. */
function saidIn(body: Buffer): string {
  const message = parsed(body)['message'];
  return typeof message === 'string' ? ` (${message.slice(0, 200)})` : '';
}

function parsed(body: Buffer): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(body.toString());
    return isRecord(value) ? value : {};
  } catch {
    return {};
  }
}
