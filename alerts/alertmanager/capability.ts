// What each version of Alertmanager can be told: fields with their types, and since which version they are known.

/** The versions that files are written and judged for; what lies between two counts as the older one. */
export const ALERTMANAGER_TARGETS = ['0.25', '0.28', '0.31', '0.34'] as const;
export type AlertmanagerTarget = (typeof ALERTMANAGER_TARGETS)[number];

/**
 * How Alertmanager reads a field.
 * - `template` is text that is rendered for each notification; `template-tree` holds such texts at any depth.
 * - `secret` and its kin are never printed; an `optional-secret` counts as given even when it is empty.
 * - `duration` is Prometheus' (`5m`, `1d`), `go-duration` Go's (`1.5s`) or nanoseconds, `text-duration` Go's only.
 * - `url` needs http or https and a host; `any-url` only has to be well formed; `template-url` may be a template.
 * - `{name}` is one object of SHAPES, `[name]` a list of them.
 */
export type FieldType =
  | 'text'
  | 'texts'
  | 'text-map'
  | 'path'
  | 'template'
  | 'templates'
  | 'template-map'
  | 'template-tree'
  | 'template-tree-any'
  | 'tree'
  | 'secret'
  | 'secret-template'
  | 'optional-secret'
  | 'secrets'
  | 'secrets-map'
  | 'headers'
  | 'boolean'
  | 'integer'
  | 'natural'
  | 'number'
  | 'duration'
  | 'go-duration'
  | 'text-duration'
  | 'url'
  | 'secret-url'
  | 'template-url'
  | 'any-url'
  | 'host-port'
  | 'tls-version'
  | 'matchers'
  | 'pattern-map'
  | 'label-names'
  | 'label-set'
  | 'location'
  | 'weekdays'
  | 'days-of-month'
  | 'months'
  | 'years'
  | 'jira-field'
  | `{${string}}`
  | `[${string}]`;

/** A type, with the version that brought it where that is not the version of the object around it. */
export type FieldText = FieldType | `${AlertmanagerTarget} ${FieldType}`;

/** Fields by name; several texts where a later version changed the type. */
export type Shape = Readonly<Record<string, FieldText | readonly FieldText[]>>;

export interface IntegrationCapability {
  /** The first target that has the integration. */
  readonly since: AlertmanagerTarget;
  /** Whether it tells of the end of alerts when nothing is said. */
  readonly sendResolved: boolean;
  /** At least one field of each group must be given, here or by the fallback. */
  readonly required: readonly (readonly string[])[];
  /** At most one field of each group may be given. */
  readonly exclusive: readonly (readonly string[])[];
  /** Field → the field of `global` that stands in for it. */
  readonly fallback: Readonly<Record<string, string>>;
  readonly fields: Shape;
}

/** A field as one target knows it. */
export interface FieldCapability {
  readonly type: FieldType;
  /** The first target that knows the field, in any type. */
  readonly since: AlertmanagerTarget;
}

/** Whether a target knows what came with `since`. */
export function isSupported(since: AlertmanagerTarget, target: AlertmanagerTarget): boolean {
  return ALERTMANAGER_TARGETS.indexOf(since) <= ALERTMANAGER_TARGETS.indexOf(target);
}

/** The field with its type at the target; `known` is false when only a later target has it; undefined when none has. */
export function fieldCapability(
  shape: Shape,
  name: string,
  target: AlertmanagerTarget,
): (FieldCapability & { readonly known: boolean }) | undefined {
  if (!Object.hasOwn(shape, name)) return undefined;
  const texts = shape[name] ?? [];
  const steps = (typeof texts === 'string' ? [texts] : texts).map(parseFieldText);
  const first = steps[0];
  if (first === undefined) return undefined;
  const known = steps.filter((each) => isSupported(each.since, target)).at(-1);
  return { type: (known ?? first).type, since: first.since, known: known !== undefined };
}

function parseFieldText(text: FieldText): FieldCapability {
  const [first, second] = text.split(' ', 2);
  if (second === undefined) return { since: '0.25', type: text as FieldType };
  return { since: first as AlertmanagerTarget, type: second as FieldType };
}
