// What the headers of an ingest request say: the form of its body, how it is packed, its idempotency key.
import { digest } from './idempotency-window.ts';
import { IngestRefusal } from './ingest-refusal.ts';

export type IngestHeaders = Readonly<Record<string, string | string[] | undefined>>;

const LONGEST_KEY = 256;

/** In lower case; '' when there is none. */
export function bodyEncoding(headers: IngestHeaders): string {
  return header(headers, 'content-encoding');
}

function header(headers: IngestHeaders, name: string): string {
  const value = headers[name];
  return (Array.isArray(value) ? value.join(',') : (value ?? '')).trim().toLowerCase();
}

const FORMS: Readonly<Record<string, 'json' | 'ndjson'>> = {
  'application/json': 'json',
  'application/x-ndjson': 'ndjson',
  'application/ndjson': 'ndjson',
};

/** @throws IngestRefusal 415 */
export function bodyForm(headers: IngestHeaders): 'json' | 'ndjson' {
  const media = header(headers, 'content-type').split(';')[0]?.trim() ?? '';
  const form = Object.hasOwn(FORMS, media) ? FORMS[media] : undefined;
  if (form === undefined)
    throw new IngestRefusal(
      415,
      `content type ${media.slice(0, 100) || 'missing'} is not read: send ${Object.keys(FORMS).join(' or ')}`,
    );
  return form;
}

/** The digest of the idempotency key. @throws IngestRefusal 400 when it is longer than keys may be */
export function keyOf(headers: IngestHeaders): string | undefined {
  const value = headers['idempotency-key'];
  if (value === undefined || value === '') return undefined;
  if (typeof value !== 'string' || value.length > LONGEST_KEY)
    throw new IngestRefusal(
      400,
      `an idempotency key is one text of at most ${LONGEST_KEY} characters`,
    );
  return digest(value);
}
