// How the properties of receivers become fields of Alertmanager: text, secrets, addresses, numbers, lists.
import type { SecretReference } from '../../slo/connection.ts';
import { readSecret as readAnySecret, type SecretRule } from '../../slo/connection-reader.ts';
import type { DefinitionReader, TextRule } from '../../slo/definition-reader.ts';
import { formatDuration } from '../../slo/duration.ts';
import { isRecord } from '../../slo/plain-data.ts';
import { DURATION_RULE, URL_RULE } from '../../slo/text-rules.ts';
import type { FieldRule, FieldValue } from './receiver.ts';

const LONGEST_TEMPLATE = 20_000;

/** Plain text, or a Go template: what it says is between the user and Alertmanager. */
export function text(field: string, fallback?: FieldValue): FieldRule {
  return {
    field,
    read: (reader, name) => reader.text(name, LONGEST_TEMPLATE),
    ...(fallback === undefined ? {} : { fallback }),
  };
}

export function flag(field: string, fallback?: boolean): FieldRule {
  return {
    field,
    read: (reader, name) => reader.flag(name),
    ...(fallback === undefined ? {} : { fallback }),
  };
}

export function whole(field: string, least: number, most: number): FieldRule {
  return { field, read: (reader, name) => reader.whole(name, least, most) };
}

export function word(field: string, words: readonly string[], fallback?: string): FieldRule {
  return {
    field,
    read: (reader, name) => reader.oneOf(name, words),
    ...(fallback === undefined ? {} : { fallback }),
  };
}

export function address(field: string): FieldRule {
  return { field, read: (reader, name) => reader.parsed(name, URL_RULE) };
}

const LONGEST_TIMEOUT = 3600;

/** How long a request may take, an hour at most: Go, which reads it, knows no days. */
export function timeout(field: string): FieldRule {
  return {
    field,
    read(reader, name) {
      const seconds = reader.parsed(name, DURATION_RULE);
      if (seconds === undefined || seconds <= LONGEST_TIMEOUT)
        return seconds === undefined ? undefined : formatDuration(seconds);
      return reader.refuse(name, {
        code: 'out-of-range',
        message: `${formatDuration(seconds)} is too long for one request.`,
        remedy: `Write at most '1h'.`,
      });
    },
  };
}

const HOST_PORT: TextRule<string> = {
  code: 'not-an-address',
  parse: (written) => (/^[\w.-]{1,253}:\d{1,5}$/.test(written) ? written : undefined),
  expected: 'a host and port',
  remedy: `Write both: 'mail.example:587'.`,
};

export function hostPort(field: string): FieldRule {
  return { field, read: (reader, name) => reader.parsed(name, HOST_PORT) };
}

const MOST_ELEMENTS = 50;

/** A list of texts. */
export function texts(field: string): FieldRule {
  return {
    field,
    read(reader, name) {
      const list = reader.list(name, MOST_ELEMENTS);
      if (list === undefined) return undefined;
      if (list.every((each) => typeof each === 'string')) return list;
      return reader.refuse(name, {
        code: 'wrong-type',
        message: 'Not every element of the list is text.',
        remedy: 'Write a list of texts.',
      });
    },
  };
}

/** Texts by name; names given later stand over the fallback's. */
export function textByName(field: string, fallback?: Readonly<Record<string, string>>): FieldRule {
  return {
    field,
    read(reader, name) {
      const written = reader.raw(name);
      const known = isRecord(written) ? Object.keys(written).slice(0, MOST_ELEMENTS) : [];
      const inner = reader.object(name, { known, example: `{ name: 'text' }`, secret: true });
      if (inner === undefined) return undefined;
      const given = known.map((each) => [each, inner.text(each, LONGEST_TEMPLATE)] as const);
      return {
        ...fallback,
        ...Object.fromEntries(
          given.filter((each): each is readonly [string, string] => each[1] !== undefined),
        ),
      };
    },
    ...(fallback === undefined ? {} : { fallback }),
  };
}

/** A secret, which is never text. */
export function secret(field: string): FieldRule {
  return { field, read: readSecret };
}

/** An address that may be known to all, or a reference when it is secret itself. */
export function addressOrSecret(field: string): FieldRule {
  return {
    field,
    read: (reader, name) =>
      typeof reader.raw(name) === 'string'
        ? reader.parsed(name, URL_RULE)
        : readSecret(reader, name),
  };
}

/** An absolute path: Alertmanager would look for a relative one in whatever folder it was started from. */
const ALERTMANAGERS: SecretRule = {
  place: (file) => (/^\/[^\0\n]+$/.test(file) ? file : undefined),
  misplaced: 'The file of a secret has no absolute path here',
  remedy: `Write fromFile('/run/secrets/name'), a path on Alertmanager's machine, or fromEnvironment('NAME').`,
  example: `fromFile('/run/secrets/name') or fromEnvironment('NAME')`,
};

/** The reference in a property, to a secret that Alertmanager reads. */
export function readSecret(reader: DefinitionReader, name: string): SecretReference | undefined {
  return readAnySecret(reader, name, ALERTMANAGERS);
}
