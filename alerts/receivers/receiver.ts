// A receiver as a team writes it: one integration, its settings under Alertmanager's names, secrets as references.
import type { SecretReference } from '../../slo/connection.ts';
import { type DefinitionReader, readDefinition, refuseType } from '../../slo/definition-reader.ts';
import type { Diagnostic, Report } from '../../slo/diagnostic.ts';
import { reportBelow } from '../../slo/diagnostic.ts';
import { frozenCopy, isRecord } from '../../slo/plain-data.ts';
import { type IntegrationKind, integrationCapability } from '../alertmanager/integrations.ts';

/** The value of one of Alertmanager's fields; a secret becomes the field's `_file` twin when it is written. */
export type FieldValue =
  | string
  | number
  | boolean
  | SecretReference
  | readonly FieldValue[]
  | { readonly [field: string]: FieldValue };

/** One integration and its settings. */
export interface Receiver {
  readonly kind: 'receiver';
  readonly integration: IntegrationKind;
  /** By Alertmanager's names, in the order in which they are written. */
  readonly fields: Readonly<Record<string, FieldValue>>;
}

/** A receiver as frozen plain data: what `pagerduty(…)`, `slack(…)` and their like return. */
export interface ReceiverDefinition extends Receiver {
  /** All that is wrong with it; paths begin at the receiver. */
  readonly problems: readonly Diagnostic[];
}

/** Reads one property as a field's value; reports what is wrong and then gives undefined. */
export interface FieldRule {
  /** Alertmanager's name; nested ones with dots: `http_config.authorization`. */
  readonly field: string;
  read(reader: DefinitionReader, name: string): FieldValue | undefined;
  /** Written when the property is left out. */
  readonly fallback?: FieldValue;
}

export interface ReceiverShape {
  readonly example: string;
  readonly needed?: readonly string[];
  /** By the name of the property. */
  readonly rules: Readonly<Record<string, FieldRule>>;
  /** Fields that are always written. */
  readonly fixed?: Readonly<Record<string, FieldValue>>;
  /** What no single property can tell. */
  check?(reader: DefinitionReader): void;
}

/** Makes a receiver of what a user wrote. Never throws, whatever the input holds. */
export function defineReceiver(
  integration: IntegrationKind,
  input: unknown,
  shape: ReceiverShape,
): ReceiverDefinition {
  const problems: Diagnostic[] = [];
  const reader = readDefinition(input, '', (problem) => problems.push(problem), {
    known: Object.keys(shape.rules),
    needed: shape.needed ?? [],
    example: shape.example,
    secret: true,
  });
  const fields: Record<string, FieldValue> = {};
  if (reader !== undefined) {
    for (const [name, rule] of Object.entries(shape.rules)) {
      const value = reader.has(name) ? rule.read(reader, name) : rule.fallback;
      if (value !== undefined) setField(fields, rule.field.split('.'), value);
    }
    shape.check?.(reader);
  }
  return frozenCopy({
    kind: 'receiver',
    integration,
    fields: { ...fields, ...shape.fixed },
    problems,
  });
}

function setField(
  fields: Record<string, FieldValue>,
  [first = '', ...rest]: readonly string[],
  value: FieldValue,
): void {
  if (rest.length === 0) {
    fields[first] = value;
    return;
  }
  const inner: Record<string, FieldValue> = { ...(fields[first] as Record<string, FieldValue>) };
  setField(inner, rest, value);
  fields[first] = inner;
}

/** Whether a field's value is a secret kept elsewhere. */
export function isSecret(value: FieldValue): value is SecretReference {
  return isRecord(value) && value['kind'] === 'secret';
}

const MOST_RECEIVERS = 20;

/** Reads a list of receivers; [] when there is none. */
export function readReceivers(reader: DefinitionReader, name: string): readonly Receiver[] {
  const list = reader.list(name, MOST_RECEIVERS) ?? [];
  return list
    .slice(0, MOST_RECEIVERS)
    .map((each, index) => readReceiver(each, `${reader.at(name)}[${index}]`, reader.report))
    .filter((each) => each !== undefined);
}

function readReceiver(written: unknown, path: string, report: Report): Receiver | undefined {
  const known =
    isRecord(written) &&
    written['kind'] === 'receiver' &&
    typeof written['integration'] === 'string' &&
    integrationCapability(written['integration']) !== undefined &&
    isRecord(written['fields']) &&
    Array.isArray(written['problems']);
  if (!known)
    return refuseType(
      typeof written === 'string' ? '(text)' : written,
      path,
      report,
      'a receiver',
      `Write what a receiver's function returns: pagerduty({ routingKey: fromFile('/run/secrets/pagerduty') }).`,
    );
  const { integration, fields, problems } = written as unknown as ReceiverDefinition;
  const below = reportBelow(report, path);
  for (const problem of problems) below(problem);
  return problems.some(({ severity }) => severity === 'error')
    ? undefined
    : { kind: 'receiver', integration, fields };
}
