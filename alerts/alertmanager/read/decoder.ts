// YAML nodes become objects of known shapes, as strictly as Alertmanager decodes them; every fault is noted and reading goes on.
import type { YamlMapping, YamlNode, YamlScalar } from '../../../formats/yaml-document.ts';
import { isQuotedNull, isYamlNull, resolveYamlScalar } from '../../../formats/yaml-value.ts';
import type { YamlValue } from '../../../formats/yaml-value.ts';
import type { AlertmanagerTarget, Shape } from '../capability.ts';
import { fieldCapability } from '../capability.ts';
import type { Position } from '../configuration.ts';
import type { FindingList } from '../finding.ts';
import { AliasGuard } from './alias-guard.ts';
import { entryType, isMapType, keepsPlaces } from './collection-fields.ts';
import {
  noteDuplicate,
  noteKeyOfNoText,
  noteUnknownField,
  noteWrongType,
} from './decoding-faults.ts';
import { checkObject } from './object-rules.ts';
import type { Reading } from './reading.ts';
import { SCALAR_FIELDS } from './scalar-fields.ts';
import { shapeNamed } from './shape-names.ts';
import type { SourceObject, SourceTemplate } from './source.ts';

/** Types without a reader of their own in Alertmanager, for which "null" in quotes is any text. */
const READS_NULL_TEXT: ReadonlySet<string> = new Set([
  'text',
  'path',
  'template',
  'secret',
  'secret-template',
  'matcher',
  'text-duration',
]);

export class Decoder implements Reading {
  readonly target: AlertmanagerTarget;
  readonly findings: FindingList;
  readonly templates: SourceTemplate[] = [];
  readonly #aliases: AliasGuard;

  constructor({ target, findings }: Pick<Reading, 'target' | 'findings'>) {
    this.target = target;
    this.findings = findings;
    this.#aliases = new AliasGuard(findings);
  }

  /** The value of a node, undefined for null and for what cannot be read. @throws UnreadableFile */
  decode(node: YamlNode, type: string, path: string): unknown {
    this.#aliases.count(node);
    if (node.kind === 'alias')
      return this.#aliases.followed(node, () => this.decode(node.target, type, path));
    if (node.kind === 'scalar' && isYamlNull(node)) {
      // A tag may say null of what is none.
      this.resolve(node);
      return undefined;
    }
    if (type.startsWith('{')) return this.#object(node, type.slice(1, -1), path);
    if (type.startsWith('[')) return this.#list(node, `{${type.slice(1, -1)}}`, path, false);
    if (type === 'jira-field') return this.#jiraField(node, path);
    if (type === 'tree' || type.startsWith('template-tree')) return this.#tree(node, type, path);
    const entries = entryType(type);
    if (entries !== undefined && isMapType(type)) return this.#map(node, entries, path);
    if (entries !== undefined) return this.#list(node, entries, path, keepsPlaces(type));
    return this.#scalar(node, type, path);
  }

  // ——— scalars

  #scalar(node: YamlNode, type: string, path: string): unknown {
    const field = SCALAR_FIELDS[type];
    if (node.kind !== 'scalar' || field === undefined) {
      noteWrongType(this.findings, node, type, path);
      return undefined;
    }
    const resolved = this.resolve(node);
    if (resolved === undefined) return undefined;
    if (isQuotedNull(node) && !READS_NULL_TEXT.has(type)) {
      if (type === 'template-url' || type === 'label-name') return node.value;
      noteWrongType(this.findings, node, type, path);
      return undefined;
    }
    return field({ reading: this, node, resolved, path });
  }

  /** The meaning of a scalar; undefined when its tag does not fit, which is noted. */
  resolve(node: YamlScalar): YamlValue | undefined {
    try {
      return resolveYamlScalar(node);
    } catch (error) {
      if (!(error instanceof SyntaxError)) throw error;
      this.findings.error(
        'wrong-type',
        node,
        error.message,
        'Drop the tag or write a value that fits it.',
      );
      return undefined;
    }
  }

  // ——— lists, maps, trees

  #list(node: YamlNode, type: string, path: string, withPlaces: boolean): unknown {
    if (node.kind === 'scalar' && this.#isNullText(node)) return undefined;
    if (node.kind !== 'sequence') {
      noteWrongType(this.findings, node, `[${type}]`, path);
      return undefined;
    }
    return node.items.flatMap((item) => {
      const value = this.decode(item, type, path);
      // What cannot be read is told already, and is left out as Alertmanager does.
      if (type.startsWith('{') && value === undefined && !isNull(item)) return [];
      if (!withPlaces) return [value];
      return [{ text: typeof value === 'string' ? value : '', position: placeOf(item) }];
    });
  }

  #map(node: YamlNode, type: string, path: string, into = new Map<string, unknown>()): unknown {
    if (node.kind === 'scalar' && this.#isNullText(node)) return undefined;
    if (node.kind !== 'mapping') {
      noteWrongType(this.findings, node, 'text-map', path);
      return undefined;
    }
    for (const [keyNode, valueNode] of node.entries) {
      if (isMerge(keyNode)) {
        this.#merge(valueNode, path, (merged) => this.#map(merged, type, path, into));
        continue;
      }
      const key = this.#key(keyNode, path);
      if (key === undefined) continue;
      if (into.has(key)) noteDuplicate(this.findings, keyNode, key);
      if (type === 'pattern' && isNull(valueNode)) {
        this.findings.error(
          'invalid-pattern',
          valueNode,
          `the pattern of ${key} is null`,
          'Write a pattern.',
        );
      }
      const value = this.decode(valueNode, type, `${path}.${key}`);
      into.set(key, value ?? (type.startsWith('{') ? undefined : ''));
    }
    return into;
  }

  #tree(node: YamlNode, type: string, path: string): unknown {
    if (type !== 'template-tree-any' && node.kind !== 'mapping') {
      if (node.kind === 'scalar' && this.#isNullText(node)) return undefined;
      noteWrongType(this.findings, node, 'tree', path);
      return undefined;
    }
    return this.#branch(node, type.startsWith('template'), path);
  }

  #branch(node: YamlNode, templated: boolean, path: string): unknown {
    if (node.kind === 'alias') {
      this.#aliases.count(node);
      return this.#aliases.followed(node, () => this.#branch(node.target, templated, path));
    }
    if (node.kind === 'sequence') {
      return node.items.map((item) => this.#branch(item, templated, path));
    }
    if (node.kind === 'mapping') return this.#branches(node, templated, path);
    this.#aliases.count(node);
    const value = isYamlNull(node) ? undefined : this.resolve(node);
    if (value === undefined || value.type === 'null') return null;
    if (value.type === 'integer') return Number(value.value);
    if (value.type === 'string' && templated) this.noteTemplate(node, value.value, path);
    return value.value;
  }

  #branches(
    node: YamlMapping,
    templated: boolean,
    path: string,
    into = new Map<string, unknown>(),
  ): unknown {
    for (const [keyNode, valueNode] of node.entries) {
      if (isMerge(keyNode)) {
        this.#merge(valueNode, path, (merged) => {
          if (merged.kind === 'mapping') this.#branches(merged, templated, path, into);
        });
        continue;
      }
      const key = this.#treeKey(keyNode, path);
      if (key === undefined) continue;
      if (into.has(key)) noteDuplicate(this.findings, keyNode, key);
      into.set(key, this.#branch(valueNode, templated, `${path}.${key}`));
    }
    return Object.fromEntries([...into].map(([key, value]) => [key.replace(/^\w+:/, ''), value]));
  }

  /** Keys of a tree may be numbers and truths too: `1` and `"1"` are two keys. */
  #treeKey(node: YamlNode, path: string): string | undefined {
    const target = node.kind === 'alias' ? node.target : node;
    if (target.kind !== 'scalar') {
      noteKeyOfNoText(this.findings, node, path);
      return undefined;
    }
    if (isYamlNull(target)) return 'null:';
    const value = this.resolve(target);
    if (value === undefined) return undefined;
    return value.type === 'null' ? 'null:' : `${value.type}:${String(value.value)}`;
  }

  #jiraField(node: YamlNode, path: string): unknown {
    if (node.kind === 'scalar' && !isQuotedNull(node)) return this.#scalar(node, 'template', path);
    return this.#object(node, 'jira-field', path);
  }

  // ——— objects

  #object(node: YamlNode, name: string, path: string): SourceObject | undefined {
    const object = {
      shape: name,
      position: placeOf(node),
      keys: new Map<string, Position>(),
      values: new Map<string, unknown>(),
      places: new Map<string, Position>(),
    };
    // A null by another spelling (`Null`) still goes through the checks of the object.
    if (!(node.kind === 'scalar' && this.#isNullText(node))) {
      if (node.kind !== 'mapping') {
        noteWrongType(this.findings, node, `{${name}}`, path);
        return undefined;
      }
      this.#fields(node, shapeNamed(name), object, path);
    }
    checkObject(object, this);
    return object;
  }

  #fields(
    node: YamlMapping,
    shape: Shape,
    object: {
      readonly shape: string;
      readonly keys: Map<string, Position>;
      readonly values: Map<string, unknown>;
      readonly places: Map<string, Position>;
    },
    path: string,
  ): void {
    const seen = new Set<string>();
    for (const [keyNode, valueNode] of node.entries) {
      if (isMerge(keyNode)) {
        this.#merge(valueNode, path, (merged) => {
          if (merged.kind === 'mapping') this.#fields(merged, shape, object, path);
        });
        continue;
      }
      const key = this.#key(keyNode, path);
      if (key === undefined) continue;
      const field = fieldCapability(shape, key, this.target);
      if (field?.known !== true) {
        noteUnknownField(this.findings, keyNode, key, {
          name: object.shape,
          shape,
          target: this.target,
          since: field?.since,
        });
        continue;
      }
      if (seen.has(key)) noteDuplicate(this.findings, keyNode, key);
      seen.add(key);
      object.keys.set(key, placeOf(keyNode));
      object.places.set(key, placeOf(valueNode));
      object.values.set(
        key,
        this.decode(valueNode, field.type, path === '' ? key : `${path}.${key}`),
      );
    }
  }

  // ——— what YAML adds

  #key(node: YamlNode, path: string): string | undefined {
    this.#aliases.count(node);
    if (node.kind === 'alias')
      return this.#aliases.followed(node, () => this.#key(node.target, path));
    if (node.kind !== 'scalar') {
      noteKeyOfNoText(this.findings, node, path);
      return undefined;
    }
    if (isYamlNull(node)) return '';
    const value = this.resolve(node);
    if (value === undefined || value.type === 'null') return value === undefined ? undefined : '';
    return value.type === 'string' ? value.value : node.value;
  }

  /** `<<: *other`: the fields of other mappings. */
  #merge(node: YamlNode, path: string, take: (mapping: YamlNode) => void): void {
    const sources = node.kind === 'sequence' ? node.items.toReversed() : [node];
    for (const source of sources) {
      const target = source.kind === 'alias' ? source.target : source;
      if (target.kind !== 'mapping') {
        this.findings.error(
          'wrong-type',
          source,
          `<< in ${path === '' ? 'the file' : path} does not stand before a mapping`,
          'Let << name a mapping, or a list of mappings.',
        );
        continue;
      }
      this.#aliases.count(source);
      if (source.kind === 'alias') this.#aliases.followed(source, () => take(target));
      else take(target);
    }
  }

  #isNullText(node: YamlScalar): boolean {
    if (isYamlNull(node)) return true;
    try {
      return resolveYamlScalar(node).type === 'null';
    } catch {
      return false;
    }
  }

  /** Remembers a text that will be rendered. */
  noteTemplate(
    node: YamlNode,
    text: string,
    path: string,
    more: Partial<SourceTemplate> = {},
  ): void {
    if (!text.includes('{{')) return;
    const position = placeOf(node);
    this.templates.push({ text, position, path, parsedOnLoad: false, secret: false, ...more });
  }
}

function isNull(node: YamlNode): boolean {
  const target = node.kind === 'alias' ? node.target : node;
  return target.kind === 'scalar' && isYamlNull(target);
}

function isMerge(node: YamlNode): boolean {
  if (node.kind !== 'scalar' || node.value !== '<<') return false;
  return node.implicit || node.tag === 'tag:yaml.org,2002:merge';
}

function placeOf({ line, column }: Position): Position {
  return { line, column };
}
