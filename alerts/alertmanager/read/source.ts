// A configuration file as it was read: objects whose fields know their place, before they become a configuration.
import type { Position } from '../configuration.ts';

/** One object of a shape. */
export interface SourceObject {
  readonly shape: string;
  readonly position: Position;
  /** Of the field's name, as far as the field is given. */
  readonly keys: ReadonlyMap<string, Position>;
  /** A field that is given as null is there with undefined. */
  readonly values: ReadonlyMap<string, unknown>;
  /** Of the field's value. */
  readonly places: ReadonlyMap<string, Position>;
}

/** A text with its place. */
export interface SourceText {
  readonly text: string;
  readonly position: Position;
}

/** A text that Alertmanager renders as a template. */
export interface SourceTemplate extends SourceText {
  /** Such as `slack_configs.title`. */
  readonly path: string;
  /** Whether Alertmanager itself parses it when it loads the file, with no functions but Go's own. */
  readonly parsedOnLoad: boolean;
  readonly secret: boolean;
}

export function isSourceObject(value: unknown): value is SourceObject {
  return typeof value === 'object' && value !== null && 'shape' in value && 'keys' in value;
}

/** The field as text, '' when it is missing, null or no text. */
export function textField(object: SourceObject | undefined, name: string): string {
  const value = object?.values.get(name);
  return typeof value === 'string' ? value : '';
}

/** The field as an object; undefined when it is missing or null. */
export function objectField(
  object: SourceObject | undefined,
  name: string,
): SourceObject | undefined {
  const value = object?.values.get(name);
  return isSourceObject(value) ? value : undefined;
}

/** The objects of a list; undefined stands for a null entry. */
export function listField(
  object: SourceObject | undefined,
  name: string,
): readonly (SourceObject | undefined)[] {
  const value = object?.values.get(name);
  if (!Array.isArray(value)) return [];
  return value.map((each: unknown) => (isSourceObject(each) ? each : undefined));
}

/** The texts of a list. */
export function textsField(object: SourceObject | undefined, name: string): readonly SourceText[] {
  const value = object?.values.get(name);
  return Array.isArray(value) ? (value as readonly SourceText[]) : [];
}

/** Whether a field counts as set, as Go sees it: not null, not empty, not zero, not false. */
export function isGiven(object: SourceObject | undefined, name: string): boolean {
  const value = object?.values.get(name);
  if (Array.isArray(value)) return value.length > 0;
  return value !== undefined && value !== '' && value !== 0 && value !== false;
}

/** Where a field's value stands, or else the object. */
export function placeOf(object: SourceObject, name?: string): Position {
  return (name === undefined ? undefined : object.places.get(name)) ?? object.position;
}
