// Differences are those that a reader would see, named so that they are found again.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { contentDifference } from '../../../dashboards/delivery/content-difference.ts';
import { ownContent } from '../../../dashboards/delivery/own-content.ts';

const panel = (id: number, title: string, more: object = {}) => ({ id, title, ...more });

describe('laws', () => {
  it('nothing differs from itself', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 4 }), (value) => {
        expect(contentDifference(value, structuredClone(value)).count).toBe(0);
      }),
    );
  });

  it('there are as many changes in both directions, at the same places', () => {
    const list = fc.jsonValue({ maxDepth: 3 });
    fc.assert(
      fc.property(list, list, (a, b) => {
        const places = (one: unknown, other: unknown) =>
          contentDifference(one, other)
            .changes.map(({ path }) => path)
            .toSorted();
        expect(places(a, b)).toEqual(places(b, a));
      }),
    );
  });

  it('a changed number is found', () => {
    const value = fc.dictionary(fc.string({ minLength: 1 }), fc.integer(), { minKeys: 1 });
    fc.assert(
      fc.property(value, (before) => {
        const [name = ''] = Object.keys(before);
        const after = { ...before, [name]: (before[name] ?? 0) + 1 };
        expect(contentDifference(before, after)).toMatchObject({
          count: 1,
          changes: [{ path: name, before: before[name], after: after[name] }],
        });
      }),
    );
  });
});

it('names panels by number and title, wherever they stand', () => {
  const before = {
    panels: [panel(1, 'A'), panel(2, 'B', { targets: [{ refId: 'A', expr: 'up' }] })],
  };
  const after = {
    panels: [panel(2, 'B', { targets: [{ refId: 'A', expr: 'down' }] }), panel(3, 'C')],
  };
  expect(contentDifference(before, after).changes).toEqual([
    { path: 'panels[1 “A”]', before: panel(1, 'A') },
    { path: 'panels[2 “B”].targets[A].expr', before: 'up', after: 'down' },
    { path: 'panels[3 “C”]', after: panel(3, 'C') },
  ]);
});

it('tells an order that changed', () => {
  const list = [panel(1, 'A'), panel(2, 'B')];
  expect(contentDifference(list, list.toReversed()).changes).toEqual([
    { path: '(order)', before: '1, 2', after: '2, 1' },
  ]);
});

it('takes what is empty for what is absent', () => {
  expect(contentDifference({ a: null, b: [], c: { d: '' } }, {}).count).toBe(0);
  expect(contentDifference({ a: 0, b: false }, {}).count).toBe(2);
});

it('keeps the first changes and counts all', () => {
  const before = Array.from({ length: 1000 }, (_, at) => at);
  const { changes, count } = contentDifference(
    before,
    before.map((each) => each + 1),
  );
  expect([changes.length, count]).toEqual([200, 1000]);
});

it('does not see what Grafana writes by itself', () => {
  const own = { title: 'A', tags: ['x'], annotations: { list: [] } };
  const stored = {
    ...own,
    id: 7,
    uid: 'a',
    version: 3,
    tags: ['x', 'managed-by-ninefold'],
    annotations: { list: [{ builtIn: 1, name: 'Annotations & Alerts' }] },
  };
  expect(contentDifference(ownContent(stored), ownContent(own)).count).toBe(0);
  const resource = {
    title: 'A',
    annotations: [{ kind: 'AnnotationQuery', spec: { builtIn: true } }],
  };
  expect(contentDifference(ownContent(resource), ownContent({ title: 'A' })).count).toBe(0);
});
