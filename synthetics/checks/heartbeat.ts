// The kind of probe for heartbeats: a job must have reported lately, wherever it leaves the time of its last report.
import { type DefinitionReader } from '../../slo/definition-reader.ts';
import type { DurationText } from '../../slo/duration.ts';
import { DURATION_RULE } from '../../slo/text-rules.ts';
import type { Assertion } from '../assertion.ts';
import type { Check } from '../check.ts';
import { defineProbe, type Expectations, type ProbeDefinition } from '../probe-definition.ts';
import { type Sources, TIMING_SOURCES } from '../sources.ts';
import {
  type Extraction,
  extractionProblem,
  SAVED_ANSWER,
  type SavedAnswer,
} from './extraction.ts';
import {
  HTTP_REQUEST_PROPERTIES,
  type HttpRequestInput,
  type HttpRequestSettings,
  readHttpRequest,
} from './http-request.ts';

/** What a last report can be asked for. */
const HEARTBEAT_SOURCES = {
  /** Seconds since the last report. */
  ageSeconds: { type: 'number' },
  ...TIMING_SOURCES,
} as const satisfies Sources;

export interface HeartbeatInput
  extends Partial<HttpRequestInput>, Expectations<typeof HEARTBEAT_SOURCES> {
  /**
   * Where in the answer of `url` the time is: epoch seconds or milliseconds, or a date as RFC 3339 or HTTP writes it.
   * @example (answer) => answer.json('$.data.result[0].value[1]')
   */
  readonly at?: (answer: SavedAnswer) => Extraction;
  /** Instead of `url`: a file that holds the time and nothing else, relative to the workspace. */
  readonly file?: string;
  /** Instead of `url`: the job reports to the collector itself, which alone can run this check. */
  readonly reports?: true;
  /** How old the last report may be. */
  readonly within: DurationText;
}

export interface HeartbeatSettings {
  readonly source:
    | { readonly request: HttpRequestSettings; readonly at: Extraction }
    | { readonly file: string }
    | { readonly reports: true };
}

/**
 * The last report of a job, no older than `within`: as a page, a Prometheus query or a file has it, or as the job sent it.
 * @example
 * heartbeat({ url: 'https://backup.example/status', at: (answer) => answer.json('$.lastSuccess'), within: '25h' })
 * @example
 * heartbeat({ reports: true, within: '25h' })
 */
export function heartbeat(input: HeartbeatInput): ProbeDefinition {
  let withinSeconds = 0;
  const shape = {
    known: [...HTTP_REQUEST_PROPERTIES, 'at', 'file', 'reports', 'within'],
    needed: ['within'],
    example: `heartbeat({ url: 'https://backup.example/status', at: (answer) => answer.json('$.lastSuccess'), within: '25h' })`,
    sources: HEARTBEAT_SOURCES,
    implied: (): readonly Assertion[] => [
      { source: 'ageSeconds', type: 'number', operator: 'atMost', operand: withinSeconds },
    ],
  };
  return defineProbe<typeof HEARTBEAT_SOURCES, HeartbeatSettings>(
    'heartbeat',
    input,
    shape,
    (reader) => {
      withinSeconds = reader.parsed('within', DURATION_RULE) ?? 0;
      const source = readSource(reader);
      if (source === undefined) return undefined;
      return { target: `heartbeat ${targetOf(source)}`, settings: { source } };
    },
  );
}

function targetOf(source: HeartbeatSettings['source']): string {
  if ('reports' in source) return 'reports to the collector';
  return 'file' in source ? source.file : `${source.request.method} ${source.request.url}`;
}

/** Whether jobs report to the collector, so that nobody else can run the check. */
export function awaitsReports({ probe }: Pick<Check, 'probe'>): boolean {
  if (probe.type !== 'heartbeat') return false;
  return 'reports' in (probe.settings as HeartbeatSettings).source;
}

function readSource(reader: DefinitionReader): HeartbeatSettings['source'] | undefined {
  if (reader.has('reports')) {
    const other = ['url', 'file', 'at'].find((name) => reader.has(name));
    if (reader.raw('reports') === true && other === undefined) return { reports: true };
    return reader.refuse('reports', {
      code: 'unknown-value',
      message:
        other === undefined
          ? 'Reports are awaited, or they are not.'
          : `The job reports by itself, and ${other} says otherwise.`,
      remedy: 'Write reports: true and within alone, or leave reports out.',
    });
  }
  if (reader.has('file') === reader.has('url'))
    return reader.refuse('url', {
      code: 'missing-field',
      message: reader.has('file')
        ? 'Both url and file are given.'
        : 'Neither url nor file is given.',
      remedy: `Write url: 'https://backup.example/status', or file: 'last-backup.txt'.`,
    });
  if (reader.has('file')) {
    const file = reader.text('file', 4096);
    return file === undefined ? undefined : { file };
  }
  const request = readHttpRequest(reader);
  const at = readPlace(reader);
  return request === undefined || at === undefined ? undefined : { request, at };
}

function readPlace(reader: DefinitionReader): Extraction | undefined {
  const at = reader.raw('at');
  const refuse = (message: string): undefined =>
    reader.refuse('at', {
      code: 'not-an-assertion',
      message,
      remedy: `Write at: (answer) => answer.json('$.lastSuccess'), or answer.header('last-modified').`,
    });
  if (typeof at !== 'function')
    return refuse('Where the time is, is not said by a function of the answer.');
  let given: unknown;
  try {
    given = (at as (answer: SavedAnswer) => unknown)(SAVED_ANSWER);
  } catch (error) {
    return refuse(
      `It ended with an error: ${error instanceof Error ? error.message : String(error)}.`,
    );
  }
  const problem = extractionProblem(given);
  if (problem !== undefined) return refuse(`What it gives ${problem}.`);
  return given as Extraction;
}
