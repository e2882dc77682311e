// YAML nodes become objects of known shapes, as strictly as Alertmanager decodes them; every fault is noted and reading goes on.
import type { YamlMapping, YamlNode, YamlScalar } from '../../../formats/yaml-document.ts';
import { isQuotedNull, isYamlNull, resolveYamlScalar } from '../../../formats/yaml-value.ts';
import type { YamlValue } from '../../../formats/yaml-value.ts';
import type { AlertmanagerTarget, FieldType, Shape } from '../capability.ts';
import { fieldCapability } from '../capability.ts';
import type { Position } from '../configuration.ts';
import type { FindingList } from '../finding.ts';
import { unknownFieldRemedy } from './field-suggestion.ts';
import { checkObject } from './object-rules.ts';
import type { Reading } from './reading.ts';
import { SCALAR_FIELDS } from './scalar-fields.ts';
import { shapeNamed } from './shape-names.ts';
import type { SourceObject, SourceTemplate } from './source.ts';

/** A file that cannot be read to its end. */
export class UnreadableFile extends Error {}

/** What the entries of a list or map are read as. */
const ENTRY_TYPES: Partial<Record<FieldType, string>> = {
  texts: 'text',
  templates: 'template',
  secrets: 'secret',
  'text-map': 'text',
  'template-map': 'template',
  'secrets-map': 'secrets',
  'pattern-map': 'pattern',
  'label-set': 'template',
  headers: '{header}',
  matchers: 'matcher',
  'label-names': 'label-name',
  weekdays: 'weekday',
  'days-of-month': 'day-of-month',
  months: 'month',
  years: 'year',
};

/** Lists whose texts keep their place, for whoever has something to say about one of them. */
const TEXT_LISTS: ReadonlySet<string> = new Set(['texts', 'templates', 'label-names']);

const MAPS: ReadonlySet<string> = new Set([
  'text-map',
  'template-map',
  'secrets-map',
  'pattern-map',
  'label-set',
  'headers',
]);

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
  readonly #active = new Set<YamlNode>();
  #decoded = 0;
  #decodedByAlias = 0;
  #aliasDepth = 0;

  constructor({ target, findings }: Pick<Reading, 'target' | 'findings'>) {
    this.target = target;
    this.findings = findings;
  }

  /** The value of a node, undefined for null and for what cannot be read. @throws UnreadableFile */
  decode(node: YamlNode, type: string, path: string): unknown {
    this.#count(node);
    if (node.kind === 'alias')
      return this.#followed(node, () => this.decode(node.target, type, path));
    if (node.kind === 'scalar' && isYamlNull(node)) {
      // A tag may say null of what is none.
      this.resolve(node);
      return undefined;
    }
    if (type.startsWith('{')) return this.#object(node, type.slice(1, -1), path);
    if (type.startsWith('[')) return this.#list(node, `{${type.slice(1, -1)}}`, path, false);
    if (type === 'jira-field') return this.#jiraField(node, path);
    if (type === 'tree' || type.startsWith('template-tree')) return this.#tree(node, type, path);
    const entries = ENTRY_TYPES[type as FieldType];
    if (entries !== undefined && MAPS.has(type)) return this.#map(node, entries, path);
    if (entries !== undefined) return this.#list(node, entries, path, TEXT_LISTS.has(type));
    return this.#scalar(node, type, path);
  }

  // ——— scalars

  #scalar(node: YamlNode, type: string, path: string): unknown {
    const field = SCALAR_FIELDS[type];
    if (node.kind !== 'scalar' || field === undefined) {
      this.#wrongType(node, type, path);
      return undefined;
    }
    const resolved = this.resolve(node);
    if (resolved === undefined) return undefined;
    if (isQuotedNull(node) && !READS_NULL_TEXT.has(type)) {
      if (type === 'template-url' || type === 'label-name') return node.value;
      this.#wrongType(node, type, path);
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

  #wrongType(node: YamlNode, type: string, path: string): void {
    const found =
      node.kind === 'scalar' ? 'a single value' : node.kind === 'mapping' ? 'a mapping' : 'a list';
    const wanted = describeType(type);
    this.findings.error(
      'wrong-type',
      node,
      `${path} is ${found}, where Alertmanager wants ${wanted}`,
      `Write ${wanted}.`,
      node.kind === 'scalar' && !type.includes('secret') ? node.value : undefined,
    );
  }

  // ——— lists, maps, trees

  #list(node: YamlNode, type: string, path: string, keepsPlaces: boolean): unknown {
    if (node.kind === 'scalar' && this.#isNullText(node)) return undefined;
    if (node.kind !== 'sequence') {
      this.#wrongType(node, `[${type}]`, path);
      return undefined;
    }
    return node.items.flatMap((item) => {
      const value = this.decode(item, type, path);
      // What cannot be read is told already, and is left out as Alertmanager does.
      if (type.startsWith('{') && value === undefined && !isNull(item)) return [];
      if (!keepsPlaces) return [value];
      return [{ text: typeof value === 'string' ? value : '', position: placeOf(item) }];
    });
  }

  #map(node: YamlNode, type: string, path: string, into = new Map<string, unknown>()): unknown {
    if (node.kind === 'scalar' && this.#isNullText(node)) return undefined;
    if (node.kind !== 'mapping') {
      this.#wrongType(node, 'text-map', path);
      return undefined;
    }
    for (const [keyNode, valueNode] of node.entries) {
      if (isMerge(keyNode)) {
        this.#merge(valueNode, path, (merged) => this.#map(merged, type, path, into));
        continue;
      }
      const key = this.#key(keyNode, path);
      if (key === undefined) continue;
      if (into.has(key)) this.#duplicate(keyNode, key);
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
      this.#wrongType(node, 'tree', path);
      return undefined;
    }
    return this.#branch(node, type.startsWith('template'), path);
  }

  #branch(node: YamlNode, templated: boolean, path: string): unknown {
    if (node.kind === 'alias') {
      this.#count(node);
      return this.#followed(node, () => this.#branch(node.target, templated, path));
    }
    if (node.kind === 'sequence') {
      return node.items.map((item) => this.#branch(item, templated, path));
    }
    if (node.kind === 'mapping') return this.#branches(node, templated, path);
    this.#count(node);
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
      if (into.has(key)) this.#duplicate(keyNode, key);
      into.set(key, this.#branch(valueNode, templated, `${path}.${key}`));
    }
    return Object.fromEntries([...into].map(([key, value]) => [key.replace(/^\w+:/, ''), value]));
  }

  /** Keys of a tree may be numbers and truths too: `1` and `"1"` are two keys. */
  #treeKey(node: YamlNode, path: string): string | undefined {
    const target = node.kind === 'alias' ? node.target : node;
    if (target.kind !== 'scalar') {
      this.findings.error(
        'wrong-type',
        node,
        `a key of ${path} is a list or mapping`,
        'Write a text as the key.',
      );
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
        this.#wrongType(node, `{${name}}`, path);
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
        this.#unknownField(keyNode, key, shape, object.shape, field?.since);
        continue;
      }
      if (seen.has(key)) this.#duplicate(keyNode, key);
      seen.add(key);
      object.keys.set(key, placeOf(keyNode));
      object.places.set(key, placeOf(valueNode));
      object.values.set(
        key,
        this.decode(valueNode, field.type, path === '' ? key : `${path}.${key}`),
      );
    }
  }

  #unknownField(
    node: YamlNode,
    key: string,
    shape: Shape,
    name: string,
    since: AlertmanagerTarget | undefined,
  ): void {
    if (since !== undefined) {
      this.findings.error(
        'unsupported-field',
        node,
        `Alertmanager ${this.target} does not know ${key} yet`,
        `Remove it, or run Alertmanager ${since} or later.`,
        key,
      );
      return;
    }
    const owner = name === 'configuration' ? 'the file' : name.replaceAll('-', ' ');
    this.findings.error(
      'unknown-field',
      node,
      `${key} is no field of ${owner}`,
      unknownFieldRemedy(key, shape, this.target),
      key,
    );
  }

  #duplicate(node: YamlNode, key: string): void {
    const shown = key.replace(/^(?:string|integer|null|boolean|float|timestamp):/, '');
    this.findings.error(
      'duplicate-field',
      node,
      `${shown} is given twice in the same mapping`,
      'Keep one of the two.',
      shown,
    );
  }

  // ——— what YAML adds

  #key(node: YamlNode, path: string): string | undefined {
    this.#count(node);
    if (node.kind === 'alias') return this.#followed(node, () => this.#key(node.target, path));
    if (node.kind !== 'scalar') {
      const owner = path === '' ? 'the file' : path;
      this.findings.error(
        'wrong-type',
        node,
        `a key of ${owner} is a list or mapping`,
        'Write a text as the key.',
      );
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
      this.#count(source);
      if (source.kind === 'alias') this.#followed(source, () => take(target));
      else take(target);
    }
  }

  #followed<Result>(node: YamlNode, read: () => Result): Result {
    if (this.#active.has(node)) {
      this.findings.error(
        'alias-loop',
        node,
        'the anchor holds itself',
        'Let no alias stand inside its own anchor.',
      );
      throw new UnreadableFile('alias loop');
    }
    this.#active.add(node);
    this.#aliasDepth += 1;
    try {
      return read();
    } finally {
      this.#aliasDepth -= 1;
      this.#active.delete(node);
    }
  }

  /** Aliases may not make a small text into a huge one; the bounds are those of yaml.v2. */
  #count(node: YamlNode): void {
    this.#decoded += 1;
    if (this.#aliasDepth > 0) this.#decodedByAlias += 1;
    if (this.#decodedByAlias <= 100 || this.#decoded <= 1000) return;
    const share = Math.min(Math.max((this.#decoded - 400_000) / 3_600_000, 0), 1);
    if (this.#decodedByAlias / this.#decoded > 0.99 - 0.89 * share) {
      this.findings.error(
        'excessive-aliases',
        node,
        'the document contains excessive aliasing',
        'Write out what the aliases stand for.',
      );
      throw new UnreadableFile('excessive aliases');
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

function describeType(type: string): string {
  if (type.startsWith('[')) return 'a list';
  if (type.startsWith('{') || MAPS.has(type) || type.endsWith('tree')) return 'a mapping';
  if (type === 'boolean') return 'true or false';
  if (type === 'integer' || type === 'natural' || type === 'number') return 'a number';
  return 'a text';
}
