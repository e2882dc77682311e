import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { lintAlertmanager } from '../../../alerts/alertmanager/lint.ts';

interface Tree {
  readonly matchers: readonly string[];
  readonly continues: boolean;
  readonly routes: readonly Tree[];
}

/** Values of two labels: one of every kind that the patterns tell apart, and one that no matcher names. */
const VALUES = ['', 'x', 'y', 'xy', 'xfresh', 'freshy', 'xfreshy', 'fresh'];
const PATTERNS = ['x', 'x|y', '(?:y|xy)', '|x', 'x.*', '.+', '.*', '[xy]', 'x?', '.*y', 'x+y?'];

const matcher: fc.Arbitrary<string> = fc.oneof(
  fc
    .tuple(
      fc.constantFrom('a', 'b'),
      fc.constantFrom('=', '!='),
      fc.constantFrom('', 'x', 'y', 'xy'),
    )
    .map((parts) => `${parts[0]}${parts[1]}"${parts[2]}"`),
  fc
    .tuple(fc.constantFrom('a', 'b'), fc.constantFrom('=~', '!~'), fc.constantFrom(...PATTERNS))
    .map((parts) => `${parts[0]}${parts[1]}"${parts[2]}"`),
);

const trees = ((): fc.Arbitrary<readonly Tree[]> => {
  const node = (depth: number): fc.Arbitrary<Tree> =>
    fc.record({
      matchers: fc.array(matcher, { maxLength: 2 }),
      continues: fc.boolean(),
      routes: depth === 0 ? fc.constant([]) : fc.array(node(depth - 1), { maxLength: 3 }),
    });
  return fc.array(node(1), { minLength: 1, maxLength: 4 });
})();

/** One line a route, so that a line is a name for it. */
function write(routes: readonly Tree[]): {
  readonly text: string;
  readonly lines: ReadonlyMap<Tree, number>;
} {
  const out = ['route:', '  receiver: r', '  routes:'];
  const lines = new Map<Tree, number>();
  const add = (list: readonly Tree[], indent: string): void => {
    for (const each of list) {
      out.push(`${indent}- matchers: [${each.matchers.map((one) => `'${one}'`).join(', ')}]`);
      lines.set(each, out.length);
      out.push(`${indent}  continue: ${each.continues}`);
      if (each.routes.length > 0) out.push(`${indent}  routes:`);
      add(each.routes, `${indent}    `);
    }
  };
  add(routes, '    ');
  out.push('receivers: [{name: r, webhook_configs: [{url: "http://r"}]}]');
  return { text: `${out.join('\n')}\n`, lines };
}

function matches(text: string, labels: Readonly<Record<string, string>>): boolean {
  const [, name = '', operator = '', value = ''] = /^(\w+)([=!~]+)"(.*)"$/.exec(text) ?? [];
  const own = labels[name] ?? '';
  if (operator === '=') return own === value;
  if (operator === '!=') return own !== value;
  return new RegExp(`^(?:${value})$`).test(own) === (operator === '=~');
}

/** Routes that some label set enters, by trying all of them. */
function entered(routes: readonly Tree[]): ReadonlySet<Tree> {
  const reached = new Set<Tree>();
  const walk = (list: readonly Tree[], labels: Readonly<Record<string, string>>): void => {
    for (const each of list) {
      if (!each.matchers.every((one) => matches(one, labels))) continue;
      reached.add(each);
      walk(each.routes, labels);
      if (!each.continues) return;
    }
  };
  for (const a of VALUES) for (const b of VALUES) walk(routes, { a, b });
  return reached;
}

const reported = (text: string): ReadonlySet<number> =>
  new Set(
    lintAlertmanager(text)
      .findings.filter(
        ({ code }) => code === 'unreachable-route' || code === 'contradictory-matchers',
      )
      .map(({ line }) => line),
  );

it('no route that some alert enters is called unreachable', () => {
  fc.assert(
    fc.property(trees, (routes) => {
      const { text, lines } = write(routes);
      const unreachable = reported(text);
      for (const each of entered(routes)) expect(unreachable).not.toContain(lines.get(each));
    }),
    { numRuns: 600 },
  );
});

/** Routes without visitors whose parents have some: what is below a dead route is not told again. */
function topmostDead(routes: readonly Tree[], alive: ReadonlySet<Tree>): Tree[] {
  return routes.flatMap((each) => (alive.has(each) ? topmostDead(each.routes, alive) : [each]));
}

it('every route that no alert enters is called unreachable', () => {
  fc.assert(
    fc.property(trees, (routes) => {
      const { text, lines } = write(routes);
      const dead = topmostDead(routes, entered(routes)).map((each) => lines.get(each));
      expect([...reported(text)]).toEqual(dead);
    }),
    { numRuns: 600 },
  );
});
