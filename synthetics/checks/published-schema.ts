// A JSON Schema that is published somewhere, as definitions write it: by subject and version, by id, or by its own address.
import type { UrlText } from '../../slo/define-service.ts';
import { type DefinitionReader, readDefinition } from '../../slo/definition-reader.ts';
import { URL_RULE } from '../../slo/text-rules.ts';
import {
  type HttpRequestInput,
  type HttpRequestSettings,
  readHttpRequest,
} from './http-request.ts';

/** How the server of schemas is reached. Secrets by reference. */
export interface SchemaServerInput extends Pick<
  HttpRequestInput,
  'headers' | 'auth' | 'tls' | 'proxy'
> {
  /** A place in the schema: `'#/$defs/Order'`. @default the whole */
  readonly at?: `#/${string}`;
}

/** A version of a subject in a registry with the API of Confluent's (Apicurio and Karapace have it, too). */
export interface SubjectSchemaInput extends SchemaServerInput {
  /** Base address of that API: `'https://registry.example'`, `'https://apicurio.example/apis/ccompat/v7'`. */
  readonly registry: UrlText;
  readonly subject: string;
  /** `'latest'` is asked for anew after a minute; a number never changes. */
  readonly version: number | 'latest';
}

/** A schema by its number in such a registry. */
export interface NumberedSchemaInput extends SchemaServerInput {
  readonly registry: UrlText;
  readonly id: number;
}

/** A schema at an address of its own, asked for anew after a minute. */
export interface AddressedSchemaInput extends SchemaServerInput {
  readonly url: UrlText;
}

export type PublishedSchemaInput = SubjectSchemaInput | NumberedSchemaInput | AddressedSchemaInput;

export interface PublishedSchema {
  /** As messages name it: `orders-value version 3`. */
  readonly name: string;
  readonly published: HttpRequestSettings;
  /** Whether the answer is a registry's record that holds the schema as text. */
  readonly inRecord: boolean;
  /** Whether another answer may come later. */
  readonly changes: boolean;
  /** '' for the whole, or `/$defs/Order`. */
  readonly pointer: string;
}

const KNOWN = ['registry', 'subject', 'version', 'id', 'url', 'at'];
const SERVER = ['headers', 'auth', 'tls', 'proxy'];
const EXAMPLE = `{ registry: 'https://registry.example', subject: 'orders-value', version: 3 }`;
const REDIRECTS = 3;

/** The published schema in the property `schema`. */
export function readPublishedSchema(reader: DefinitionReader): PublishedSchema | undefined {
  const own = reader.object('schema', { known: [...KNOWN, ...SERVER], example: EXAMPLE });
  if (own === undefined) return undefined;
  const place = readPlace(own);
  const pointer = readPointer(own);
  const request = readServer(own, place?.address);
  if (place === undefined || pointer === undefined || request === undefined) return undefined;
  const { name, inRecord, changes } = place;
  const headers = { accept: 'application/json', ...request.headers };
  return {
    name: pointer === '' ? name : `${name} at #${pointer}`,
    published: { ...request, headers, redirects: REDIRECTS },
    inRecord,
    changes,
    pointer,
  };
}

/** Its `version` is the schema's, not that of HTTP: the request is read from what is about the server alone. */
function readServer(
  own: DefinitionReader,
  address: string | undefined,
): HttpRequestSettings | undefined {
  const given = SERVER.filter((name) => own.has(name)).map((name) => [name, own.raw(name)]);
  const server = readDefinition(Object.fromEntries(given), own.path, own.report, {
    known: SERVER,
    example: EXAMPLE,
  });
  return server && readHttpRequest(server, () => address);
}

interface Place extends Pick<PublishedSchema, 'name' | 'inRecord' | 'changes'> {
  readonly address: string;
}

function readPlace(own: DefinitionReader): Place | undefined {
  const given = KNOWN.filter((name) => name !== 'at' && own.has(name)).join(' ');
  if (given === 'url') {
    const url = own.parsed('url', URL_RULE) && String(own.raw('url'));
    return url === undefined
      ? undefined
      : { name: url, address: url, inRecord: false, changes: true };
  }
  if (given === 'registry id') {
    const registry = own.parsed('registry', URL_RULE);
    const id = own.whole('id', 1, Number.MAX_SAFE_INTEGER);
    if (registry === undefined || id === undefined) return undefined;
    const address = `${registry}/schemas/ids/${id}`;
    return { name: `schema ${id}`, address, inRecord: true, changes: false };
  }
  if (given === 'registry subject version') return readSubject(own);
  return own.refuse('registry', {
    code: 'missing-field',
    message:
      given === ''
        ? 'Where the schema is, is not said.'
        : `${given.replaceAll(' ', ', ')} do not say one place.`,
    remedy: `Write ${EXAMPLE}; or registry and id; or url alone.`,
  });
}

function readSubject(own: DefinitionReader): Place | undefined {
  const registry = own.parsed('registry', URL_RULE);
  const subject = own.text('subject', 500);
  const latest = own.raw('version') === 'latest';
  const version = latest ? 'latest' : own.whole('version', 1, 2 ** 31 - 1);
  if (registry === undefined || subject === undefined || version === undefined) return undefined;
  return {
    name: `${subject} version ${version}`,
    address: `${registry}/subjects/${encodeURIComponent(subject)}/versions/${version}`,
    inRecord: true,
    changes: latest,
  };
}

function readPointer(own: DefinitionReader): string | undefined {
  if (!own.has('at')) return '';
  const at = own.text('at', 1000);
  if (at === undefined) return undefined;
  if (at.startsWith('#/')) return at.slice(1);
  return own.refuse('at', {
    code: 'wrong-type',
    message: `'${at}' is no place in a schema.`,
    remedy: `Write '#/$defs/Order'.`,
  });
}
