// What the decoder says of a node that has the wrong type, is written twice, or has no meaning where it stands.
import type { YamlNode } from '../../../formats/yaml-document.ts';
import type { AlertmanagerTarget, Shape } from '../capability.ts';
import type { FindingList } from '../finding.ts';
import { isMapType } from './collection-fields.ts';
import { unknownFieldRemedy } from './field-suggestion.ts';

export function noteWrongType(
  findings: FindingList,
  node: YamlNode,
  type: string,
  path: string,
): void {
  const found =
    node.kind === 'scalar' ? 'a single value' : node.kind === 'mapping' ? 'a mapping' : 'a list';
  const wanted = describeType(type);
  findings.error(
    'wrong-type',
    node,
    `${path} is ${found}, where Alertmanager wants ${wanted}`,
    `Write ${wanted}.`,
    node.kind === 'scalar' && !type.includes('secret') ? node.value : undefined,
  );
}

function describeType(type: string): string {
  if (type.startsWith('[')) return 'a list';
  if (type.startsWith('{') || isMapType(type) || type.endsWith('tree')) return 'a mapping';
  if (type === 'boolean') return 'true or false';
  if (type === 'integer' || type === 'natural' || type === 'number') return 'a number';
  return 'a text';
}

/** @param path of the mapping; '' is the file's own */
export function noteKeyOfNoText(findings: FindingList, node: YamlNode, path: string): void {
  findings.error(
    'wrong-type',
    node,
    `a key of ${path === '' ? 'the file' : path} is a list or mapping`,
    'Write a text as the key.',
  );
}

/** @param owner the object that has no such field, or has it only since a later version */
export function noteUnknownField(
  findings: FindingList,
  node: YamlNode,
  key: string,
  owner: {
    readonly name: string;
    readonly shape: Shape;
    readonly target: AlertmanagerTarget;
    readonly since: AlertmanagerTarget | undefined;
  },
): void {
  const { name, shape, target, since } = owner;
  if (since !== undefined) {
    findings.error(
      'unsupported-field',
      node,
      `Alertmanager ${target} does not know ${key} yet`,
      `Remove it, or run Alertmanager ${since} or later.`,
      key,
    );
    return;
  }
  findings.error(
    'unknown-field',
    node,
    `${key} is no field of ${name === 'configuration' ? 'the file' : name.replaceAll('-', ' ')}`,
    unknownFieldRemedy(key, shape, target),
    key,
  );
}

/** @param key as the decoder tells keys apart, `integer:1` in a tree */
export function noteDuplicate(findings: FindingList, node: YamlNode, key: string): void {
  const shown = key.replace(/^(?:string|integer|null|boolean|float|timestamp):/, '');
  findings.error(
    'duplicate-field',
    node,
    `${shown} is given twice in the same mapping`,
    'Keep one of the two.',
    shown,
  );
}
