/** Random trees of routes and label sets that meet their matchers often, for comparisons with the real Alertmanager. */
import fc from 'fast-check';
import type { ShortRoute } from './written-configuration.ts';

const NAMES = ['severity', 'team', 'service', 'team2'] as const;
/** Few, so that label sets and matchers meet; with what has to be escaped in a group key. */
const VALUES = [
  'page',
  'ticket',
  'a',
  'ab',
  'x"y',
  String.raw`back\slash`,
  'grüße',
  'tab\there',
  '\u0001\u00a0\u{1f600}\n',
];
const PATTERNS = [
  'page|ticket',
  'a.*',
  '.+',
  '.*',
  '',
  '[^a]+',
  '(?i:PAGE)',
  'a|',
  String.raw`x\W.`,
];

const name = fc.constantFrom(...NAMES);

const matcher = fc.oneof(
  {
    weight: 3,
    arbitrary: fc
      .tuple(name, fc.constantFrom('=', '!='), fc.constantFrom(...VALUES, ''))
      .map(([name, operator, value]) => `${name}${operator}"${value}"`),
  },
  {
    weight: 2,
    arbitrary: fc
      .tuple(name, fc.constantFrom('=~', '!~'), fc.constantFrom(...PATTERNS))
      .map(([name, operator, value]) => `${name}${operator}"${value}"`),
  },
);

const groupBy = fc.option(
  fc.oneof(
    { weight: 1, arbitrary: fc.constant('...' as const) },
    // Never empty: before 0.31 an empty list does not override the parent's.
    { weight: 4, arbitrary: fc.subarray([...NAMES], { minLength: 1 }).map((list) => list.sort()) },
  ),
  { nil: undefined },
);

/** A tree whose routes have receivers of their own, `r0` the root's; some inherit when asked for. */
export function randomTree(options: { readonly inherits: boolean }): fc.Arbitrary<ShortRoute> {
  const below = (depth: number): fc.Arbitrary<ShortRoute> =>
    fc.record({
      matchers: fc.array(matcher, { minLength: 1, maxLength: 2 }),
      continues: fc.boolean(),
      groupBy,
      receiver: fc.boolean().map((own) => (own || !options.inherits ? 'own' : undefined)),
      routes: depth === 0 ? fc.constant([]) : fc.array(below(depth - 1), { maxLength: 3 }),
    });
  return fc
    .record({ groupBy, routes: fc.array(below(2), { minLength: 2, maxLength: 5 }) })
    .map((root) => numbered({ ...root, receiver: 'own' }, { next: 0 }));
}

function numbered(route: ShortRoute, count: { next: number }): ShortRoute {
  const receiver = route.receiver === undefined ? undefined : `r${count.next}`;
  count.next += 1;
  return { ...route, receiver, routes: (route.routes ?? []).map((each) => numbered(each, count)) };
}

/** Labels of one alert; any of the names may be absent. */
export const randomLabels: fc.Arbitrary<Record<string, string>> = fc
  .tuple(...NAMES.map(() => fc.constantFrom(...VALUES, undefined)))
  .map((values) => {
    const pairs = NAMES.map((name, index) => [name, values[index]] as const);
    return Object.fromEntries(
      pairs.filter(
        (pair): pair is readonly [(typeof NAMES)[number], string] => pair[1] !== undefined,
      ),
    );
  });
