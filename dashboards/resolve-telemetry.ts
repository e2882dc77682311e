// Checks what a user states about a service's telemetry.
import { logqlProblems, promqlProblems } from '../formats/dashboard-query.ts';
import { type DefinitionReader, readDefinition } from '../slo/definition-reader.ts';
import type { Report } from '../slo/diagnostic.ts';
import { isRecord } from '../slo/plain-data.ts';
import { type Resolved, resolved } from '../slo/resolved.ts';
import type { ServiceTelemetry } from './define-telemetry.ts';

const SHAPE = {
  known: ['kind', 'service', 'processes', 'logs', 'traces'],
  needed: ['service'],
  example: `defineTelemetry({ service: checkout, processes: '{job="checkout"}' })`,
};

/** The telemetry that a definition stands for. The definition may hold anything; nothing is thrown. */
export function resolveTelemetry(definition: unknown, path = ''): Resolved<ServiceTelemetry> {
  return resolved((report) => readTelemetry(definition, path, report));
}

function readTelemetry(
  definition: unknown,
  path: string,
  report: Report,
): ServiceTelemetry | undefined {
  const reader = readDefinition(definition, path, report, SHAPE);
  if (reader === undefined) return undefined;
  const service = readServiceName(reader);
  const processes = readQuery(reader, 'processes');
  const logs = readQuery(reader, 'logs');
  const traces = readTraces(reader);
  if (service === undefined) return undefined;
  return {
    service,
    ...(processes !== undefined && { processes }),
    ...(logs !== undefined && { logs }),
    ...(traces !== undefined && { traces }),
  };
}

function readServiceName(reader: DefinitionReader): string | undefined {
  const service = reader.raw('service');
  const name = isRecord(service) && service['kind'] === 'service' ? service['name'] : undefined;
  if (typeof name === 'string' || !reader.has('service')) return name as string | undefined;
  return reader.refuse('service', {
    code: 'wrong-type',
    message: 'The service is not one.',
    remedy: 'Pass what defineService returned.',
  });
}

function readQuery(reader: DefinitionReader, name: 'processes' | 'logs'): string | undefined {
  const text = reader.text(name, 2000);
  if (text === undefined) return undefined;
  const [problem] = name === 'logs' ? logqlProblems(text) : promqlProblems(`up${text}`);
  if (problem === undefined) return text;
  return reader.refuse(name, {
    code: name === 'logs' ? 'logql-syntax' : 'promql-syntax',
    message: `'${text}': ${problem.message}`,
    remedy: name === 'logs' ? problem.remedy : `Write matchers in braces: '{job="checkout"}'.`,
  });
}

/** The name stands in quotes in TraceQL. */
function readTraces(reader: DefinitionReader): string | undefined {
  const name = reader.text('traces', 200);
  if (name === undefined || /^[^"\\\n]+$/.test(name)) return name;
  return reader.refuse('traces', {
    code: 'wrong-type',
    message: `'${name}' is not the name of a service in traces.`,
    remedy: 'Write the service.name of its spans, without quotes and backslashes.',
  });
}
