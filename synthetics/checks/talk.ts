// A conversation as definitions write it: what is sent, and what must come back, turn by turn.
import { compilePart } from '../../formats/regular-expression.ts';
import type { SecretReference } from '../../slo/connection.ts';
import { readSecret } from '../../slo/connection-reader.ts';
import { type DefinitionReader, readDefinition } from '../../slo/definition-reader.ts';
import { isRecord } from '../../slo/plain-data.ts';

/** A part of what is sent: text, bytes as hex digits, or a secret. */
export type SendPart = string | { readonly hex: string } | SecretReference;

export interface TurnInput {
  /** Sent as it is, without a line end of its own; parts are joined. @default nothing */
  readonly send?: SendPart | readonly SendPart[];
  /** RE2 expression that must match what comes next. @default nothing is waited for */
  readonly expect?: string;
}

/** The same, read. */
export interface Turn {
  readonly send?: readonly SendPart[];
  readonly expect?: string;
}

const MOST_TURNS = 50;
const MOST_PARTS = 20;
const LONGEST_PART = 65_536;
const EXAMPLE = `{ send: 'PING\\r\\n', expect: '^[+]PONG' }`;

/** The turns in the property `talk`; [] when there are none. */
export function readTalk(reader: DefinitionReader): readonly Turn[] {
  const list = reader.list('talk', MOST_TURNS) ?? [];
  return list.slice(0, MOST_TURNS).flatMap((each, index) => {
    const turn = readDefinition(each, `${reader.at('talk')}[${index}]`, reader.report, {
      known: ['send', 'expect'],
      example: EXAMPLE,
      secret: true,
    });
    if (turn === undefined) return [];
    const send = turn.has('send') ? readParts(turn) : undefined;
    const expect = readPattern(turn, 'expect');
    return [
      { ...(send === undefined ? {} : { send }), ...(expect === undefined ? {} : { expect }) },
    ];
  });
}

/** A regular expression in a property. */
function readPattern(reader: DefinitionReader, name: string): string | undefined {
  const text = reader.text(name, 10_000);
  if (text === undefined) return undefined;
  try {
    compilePart(text);
    return text;
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return reader.refuse(name, {
      code: 'not-an-assertion',
      message: `'${text.slice(0, 100)}' is not a regular expression: ${reason}.`,
      remedy: 'Write an RE2 expression: no look-ahead, no back-references.',
    });
  }
}

function readParts(turn: DefinitionReader): readonly SendPart[] {
  const written = turn.raw('send');
  if (!Array.isArray(written)) return readPart(turn, 'send');
  const list = turn.list('send', MOST_PARTS) ?? [];
  const parts = { known: list.map((_, index) => String(index)), example: EXAMPLE, secret: true };
  const each = readDefinition(
    Object.fromEntries(list.entries()),
    turn.at('send'),
    turn.report,
    parts,
  );
  return each === undefined ? [] : list.flatMap((_, index) => readPart(each, String(index)));
}

function readPart(reader: DefinitionReader, name: string): readonly SendPart[] {
  const written = reader.raw(name);
  if (typeof written === 'string') {
    const text = reader.text(name, LONGEST_PART);
    return text === undefined ? [] : [text];
  }
  if (!isRecord(written) || !Object.hasOwn(written, 'hex')) {
    const secret = readSecret(reader, name);
    return secret === undefined ? [] : [secret];
  }
  const { hex } = written;
  if (typeof hex === 'string' && /^(?:[\da-fA-F]{2}){1,32768}$/.test(hex)) return [{ hex }];
  reader.refuse(name, {
    code: 'wrong-type',
    message: 'The bytes are not pairs of hex digits.',
    remedy: `Write { hex: '00000008' }.`,
  });
  return [];
}
