// Routes that no alert can reach: an earlier one takes all that they wait for, or their matchers contradict one another.
import type { LabelMatcher } from '../../../formats/label-matcher.ts';
import type { Route } from '../configuration.ts';
import { conditionsByLabel, type LabelAlgebra } from './label-conditions.ts';
import { describeRoute } from './lint-subject.ts';
import type { LintSubject, RouteInTree } from './lint-subject.ts';

/** Comparisons of two routes; beyond that, trees of thousands of siblings would take minutes. */
const MOST_COMPARISONS = 500_000;
const MOST_TOGETHER = 64;
/** What a label without conditions fulfils. */
const ANYTHING: readonly LabelMatcher[] = [];

export function findUnreachableRoutes({ routes, findings, algebra }: LintSubject): void {
  const unreachable = new Set<RouteInTree>();
  let comparisons = 0;
  for (const each of routes) {
    if (each.parent === undefined) continue;
    if (unreachable.has(each.parent)) {
      unreachable.add(each);
      continue;
    }
    const conditions = conditionsByLabel(each.matchers);
    const impossible = [...conditions].find(([, matchers]) => algebra.isContradiction(matchers));
    if (impossible !== undefined) {
      unreachable.add(each);
      findings.warning(
        'contradictory-matchers',
        each.route.position,
        `no alert can match ${describeRoute(each.route)}: its matchers of ${impossible[0]}, with those above it, leave no value`,
        'Correct the matchers, or remove the route.',
      );
      continue;
    }
    const before = takenBefore(each);
    comparisons += before.length;
    if (comparisons > MOST_COMPARISONS) return;
    const shadows = shadowing(conditions, before, algebra);
    if (shadows.length === 0) continue;
    unreachable.add(each);
    findings.warning(
      'unreachable-route',
      each.route.position,
      `no alert reaches ${describeRoute(each.route)}: ${shadows.map(describeRoute).join(', ')} ${shadows.length === 1 ? 'takes' : 'together take'} them all before it`,
      `Move it before line ${shadows[0]?.position.line ?? 0}, or let the earlier route continue.`,
    );
  }
}

/** The routes that come before it, at its own level and at those above, and keep what they match. */
function takenBefore(each: RouteInTree): Route[] {
  if (each.parent === undefined) return [];
  const siblings = each.parent.route.routes;
  const own = siblings.slice(0, siblings.indexOf(each.route)).filter((route) => !route.continues);
  return [...takenBefore(each.parent), ...own];
}

/** The route that takes everything, or those that do so together; none when something is left. */
function shadowing(
  conditions: ReturnType<typeof conditionsByLabel>,
  before: readonly Route[],
  algebra: LabelAlgebra,
): readonly Route[] {
  const one = before.find((route) =>
    route.matchers.every((matcher) =>
      algebra.follows(conditions.get(matcher.name) ?? ANYTHING, matcher),
    ),
  );
  if (one !== undefined) return [one];
  // Only routes that ask for nothing but what the conditions leave open can share the work.
  const some: Route[] = [];
  for (const route of before) {
    const isOpen = route.matchers.every(
      (matcher) => !algebra.isContradiction([...(conditions.get(matcher.name) ?? []), matcher]),
    );
    if (isOpen) some.push(route);
    if (some.length > MOST_TOGETHER) return [];
  }
  if (some.length < 2) return [];
  return algebra.areCovered(
    conditions,
    some.map(({ matchers }) => matchers),
  )
    ? some
    : [];
}
