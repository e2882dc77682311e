// One integration in the words of one target: secrets as files, and nothing that the target would refuse.
import type { YamlData } from '../../formats/yaml-writer.ts';
import { type FieldValue, isSecret, type Receiver } from '../receivers/receiver.ts';
import { type AlertmanagerTarget, fieldCapability, isSupported, type Shape } from './capability.ts';
import { INTEGRATIONS } from './integrations.ts';
import { PARTS } from './integrations/parts.ts';
import { isTakenWhole } from './secret-files.ts';
import type { AlertmanagerNote } from './tree.ts';

export interface IntegrationWriting {
  readonly target: AlertmanagerTarget;
  readonly secretsFolder: string;
  /** Fields that `global` gives, by the integration's own names. */
  readonly given: readonly string[];
  readonly note: (note: AlertmanagerNote) => void;
}

type Written = { readonly [field: string]: YamlData };

/** The fields of an integration; undefined, and noted as an error, when the target cannot have it at all. */
export function writeIntegration(
  receiver: Receiver,
  about: string,
  writing: IntegrationWriting,
): Written | undefined {
  const { integration, fields } = receiver;
  const { since, fields: shape, required } = INTEGRATIONS[integration];
  const refuse = (message: string, remedy: string): undefined => {
    writing.note({ severity: 'error', about, message, remedy });
  };
  if (!isSupported(since, writing.target))
    return refuse(
      `Alertmanager ${writing.target} has no ${integration}: it is left out, and tells nobody.`,
      `Name another receiver, or run Alertmanager ${since} or newer and say so with the target.`,
    );
  const written = writeFields(fields, shape, { ...writing, about, path: integration });
  if (typeof written === 'string')
    return refuse(
      `Alertmanager ${writing.target} cannot read ${written} from a file: ${integration} is left out, and tells nobody.`,
      'Name another receiver, or run a newer Alertmanager and say so with the target. A secret is never written out.',
    );
  const missing = required.find(
    (group: readonly string[]) =>
      !group.some((field) => Object.hasOwn(written, field) || writing.given.includes(field)),
  );
  if (missing !== undefined)
    return refuse(
      `${integration} lacks ${missing.join(' or ')}: it is left out, and tells nobody.`,
      integration === 'email'
        ? `Give from and smarthost to email(…), or smtp to defineRouting(…).`
        : `Give it to ${integration}(…).`,
    );
  noteLineEnds(receiver, about, writing);
  return written;
}

/** A file made with an editor ends with a line end, and nothing would tell why no notification arrives. */
function noteLineEnds(receiver: Receiver, about: string, writing: IntegrationWriting): void {
  const { integration, fields } = receiver;
  for (const [field, value] of Object.entries(fields)) {
    if (!isSecret(value) || !isTakenWhole(integration, field, writing.target)) continue;
    writing.note({
      severity: 'warning',
      about,
      message: `Alertmanager ${writing.target} takes the file of ${integration}.${field} as it is: with a line end in it, nothing would be delivered.`,
      remedy: `Write the file without one: printf %s "$SECRET" > file.`,
    });
  }
}

interface FieldWriting extends IntegrationWriting {
  readonly about: string;
  /** For notes: `slack.http_config`. */
  readonly path: string;
}

/** The fields that the target knows, or the path of a secret that it cannot read from a file. */
function writeFields(
  fields: Readonly<Record<string, FieldValue>>,
  shape: Shape,
  writing: FieldWriting,
): Written | string {
  const written: Record<string, YamlData> = {};
  for (const [name, value] of Object.entries(fields)) {
    const path = `${writing.path}.${name}`;
    if (isSecret(value)) {
      const twin = `${name}_file`;
      if (fieldCapability(shape, twin, writing.target)?.known !== true) return path;
      written[twin] =
        'file' in value ? value.file : `${writing.secretsFolder}/${value.environment}`;
      continue;
    }
    const field = fieldCapability(shape, name, writing.target);
    if (field?.known !== true) {
      writing.note({
        severity: 'warning',
        about: writing.about,
        message: `Alertmanager ${writing.target} does not know ${path}: it is left out.`,
        remedy:
          field === undefined
            ? 'Leave it out of the definition.'
            : `It came with Alertmanager ${field.since} or shortly before.`,
      });
      continue;
    }
    const inner = writeValue(value, field.type, { ...writing, path });
    if (inner.unreadable !== undefined) return inner.unreadable;
    if (inner.value !== undefined) written[name] = inner.value;
  }
  return written;
}

interface WrittenValue {
  readonly value?: YamlData;
  readonly unreadable?: string;
}

function writeValue(value: FieldValue, type: string, writing: FieldWriting): WrittenValue {
  const object = /^\{(.*)\}$/.exec(type)?.[1];
  const list = /^\[(.*)\]$/.exec(type)?.[1];
  if (object !== undefined) return writePart(value, object, writing);
  if (list === undefined || !Array.isArray(value)) return { value };
  const parts = (value as readonly FieldValue[]).map((each) => writePart(each, list, writing));
  const unreadable = parts.find((part) => part.unreadable !== undefined);
  return unreadable ?? { value: parts.flatMap((part) => part.value ?? []) };
}

function writePart(value: FieldValue, part: string, writing: FieldWriting): WrittenValue {
  const shape = PARTS[part as keyof typeof PARTS] as Shape | undefined;
  if (shape === undefined || typeof value !== 'object') return { value };
  const written = writeFields(value as Readonly<Record<string, FieldValue>>, shape, writing);
  return typeof written === 'string' ? { unreadable: written } : { value: written };
}
