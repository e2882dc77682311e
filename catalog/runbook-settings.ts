// Reads where generated runbooks are published.
import type { DefinitionReader } from '../slo/definition-reader.ts';
import { RUNBOOK_FORMATS, type RunbookSettings } from '../slo/runbook-link.ts';
import { readUrl } from './config-endpoint.ts';

/** The settings of a configuration; undefined when it has none. */
export function readRunbooks(config: DefinitionReader): RunbookSettings | undefined {
  const runbooks = config.object('runbooks', {
    known: ['baseUrl', 'format', 'prometheusUrl', 'grafanaUrl'],
    example: `{ baseUrl: 'https://runbooks.example' }`,
  });
  if (runbooks === undefined) return undefined;
  const baseUrl = readUrl(runbooks, 'baseUrl');
  const prometheusUrl = readUrl(runbooks, 'prometheusUrl');
  const grafanaUrl = readUrl(runbooks, 'grafanaUrl');
  return {
    ...(baseUrl === undefined ? {} : { baseUrl }),
    format: runbooks.oneOf('format', RUNBOOK_FORMATS) ?? 'html',
    ...(prometheusUrl === undefined ? {} : { prometheusUrl }),
    ...(grafanaUrl === undefined ? {} : { grafanaUrl }),
  };
}
