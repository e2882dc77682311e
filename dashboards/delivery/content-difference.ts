// What differs between two versions of a dashboard, in paths that people can follow: by panel, not by position.
import { numberOf, objectOf, textOf } from '../lint/json-reader.ts';

export interface ContentChange {
  /** `panels[3 “Budget left”].title` */
  readonly path: string;
  /** Absent when it is new. */
  readonly before?: unknown;
  /** Absent when it is gone. */
  readonly after?: unknown;
}

export interface ContentDifference {
  /** The first of them. */
  readonly changes: readonly ContentChange[];
  /** How many there are. */
  readonly count: number;
}

/** Changes that are kept. */
const MOST_CHANGES = 200;

/** How to get from one to the other; what is empty counts as absent, because Grafana fills in and leaves out such things. */
export function contentDifference(before: unknown, after: unknown): ContentDifference {
  const changes: ContentChange[] = [];
  let count = 0;
  compare('', before, after, (change) => {
    count += 1;
    if (changes.length < MOST_CHANGES) changes.push(change);
  });
  return { changes, count };
}

function compare(
  path: string,
  before: unknown,
  after: unknown,
  tell: (change: ContentChange) => void,
): void {
  if (isEmpty(before) && isEmpty(after)) return;
  if (Array.isArray(before) && Array.isArray(after)) {
    compareLists(path, before, after, tell);
    return;
  }
  if (isObject(before) && isObject(after)) {
    for (const name of new Set([...Object.keys(before), ...Object.keys(after)]))
      compare(path === '' ? name : `${path}.${name}`, before[name], after[name], tell);
    return;
  }
  if (Object.is(before, after)) return;
  tell({
    path,
    ...(!isEmpty(before) && { before }),
    ...(!isEmpty(after) && { after }),
  });
}

/** By name where all elements have one of their own, else by place. */
function compareLists(
  path: string,
  before: readonly unknown[],
  after: readonly unknown[],
  tell: (change: ContentChange) => void,
): void {
  const [old, recent] = [named(before), named(after)];
  if (old === undefined || recent === undefined) {
    for (let index = 0; index < Math.max(before.length, after.length); index += 1)
      compare(`${path}[${index}]`, before[index], after[index], tell);
    return;
  }
  for (const name of new Set([...old.keys(), ...recent.keys()])) {
    const [left, right] = [old.get(name), recent.get(name)];
    compare(`${path}[${titled(name, right ?? left)}]`, left, right, tell);
  }
  const kept = [...old.keys()].filter((name) => recent.has(name));
  const order = [...recent.keys()].filter((name) => old.has(name));
  if (kept.some((name, index) => order[index] !== name))
    tell({ path: `${path} (order)`.trim(), before: kept.join(', '), after: order.join(', ') });
}

/** What tells the elements of a list apart: the id of a panel, the letter of a query, a name. */
function named(list: readonly unknown[]): ReadonlyMap<string, unknown> | undefined {
  const byName = new Map<string, unknown>();
  for (const element of list) {
    const { id, refId, name } = objectOf(element);
    const key = textOf(refId) || String(numberOf(id) ?? '') || textOf(name);
    if (key === '' || byName.has(key)) return undefined;
    byName.set(key, element);
  }
  return byName;
}

function titled(name: string, element: unknown): string {
  const title = textOf(objectOf(element)['title']);
  return title === '' || title === name ? name : `${name} “${title}”`;
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isEmpty(value: unknown): boolean {
  if (value === undefined || value === null || value === '') return true;
  if (Array.isArray(value)) return value.length === 0;
  return isObject(value) && Object.values(value).every(isEmpty);
}
