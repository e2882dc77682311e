// Reads what routing refers to: severities by name, services and teams by being passed themselves.
import { type Severity, SEVERITIES } from '../slo/burn-policy.ts';
import { type DefinitionReader, refuseType } from '../slo/definition-reader.ts';
import { printValue, type Report } from '../slo/diagnostic.ts';
import { didYouMean } from '../slo/nearest-name.ts';
import { isRecord } from '../slo/plain-data.ts';
import { NAME_RULE } from '../slo/text-rules.ts';

/** Severities without doubles, in their own order. */
export function readSeverities(
  reader: DefinitionReader,
  name: string,
): readonly Severity[] | undefined {
  const list = reader.list(name, 10);
  if (list === undefined) return undefined;
  for (const each of list) {
    if (SEVERITIES.some((severity) => severity === each)) continue;
    reader.refuse(name, {
      code: 'unknown-value',
      message: `${printValue(each)} is no severity.${typeof each === 'string' ? didYouMean(each, SEVERITIES) : ''}`,
      remedy: `Write 'page', 'ticket' or both.`,
    });
  }
  if (list.length === 0)
    reader.refuse(name, {
      code: 'missing-field',
      message: 'The list is empty: nothing would be muted.',
      remedy: `Write 'page', 'ticket' or both.`,
    });
  return SEVERITIES.filter((severity) => list.includes(severity));
}

const MOST_REFERENCES = 1000;

/** The names of the services or teams in a list, sorted. */
export function readReferences(
  reader: DefinitionReader,
  name: string,
  kind: 'service' | 'team',
): readonly string[] | undefined {
  const list = reader.list(name, MOST_REFERENCES);
  if (list === undefined) return undefined;
  const names = list
    .slice(0, MOST_REFERENCES)
    .map((each, index) => readReference(each, `${reader.at(name)}[${index}]`, reader.report, kind));
  if (list.length === 0)
    reader.refuse(name, {
      code: 'missing-field',
      message: `The list is empty: it means no ${kind} at all.`,
      remedy: `Leave ${name} out, or name a ${kind}.`,
    });
  return [...new Set(names.filter((each) => each !== undefined))].sort();
}

/** The name of a service or a team that is passed itself. */
export function readReference(
  written: unknown,
  path: string,
  report: Report,
  kind: 'service' | 'team',
): string | undefined {
  const named = isRecord(written) && written['kind'] === kind ? written['name'] : undefined;
  if (typeof named === 'string' && NAME_RULE.parse(named) !== undefined) return named;
  return refuseType(
    written,
    path,
    report,
    `a ${kind}`,
    `Pass what define${kind === 'team' ? 'Team' : 'Service'} returned.`,
  );
}
