// Alerts that page twice: one receiver with two pagers, or two routes that both take the alert to one.
import type { LabelMatcher } from '../../../formats/label-matcher.ts';
import type { Route } from '../configuration.ts';
import { formatMatchers } from '../matching.ts';
import { conditionsByLabel, type LabelAlgebra } from './label-conditions.ts';
import { describeRoute, pagersOf, receiverNamed } from './lint-subject.ts';
import type { LintSubject, RouteInTree } from './lint-subject.ts';

const MOST_PAIRS = 20_000;

export function findDoubledPages(subject: LintSubject): void {
  for (const receiver of subject.configuration.receivers) {
    const pagers = pagersOf(receiver);
    const second = pagers[1];
    if (second === undefined) continue;
    subject.findings.warning(
      'doubled-pages',
      second.position,
      `the receiver "${receiver.name}" has ${pagers.length} pagers (${pagers.map(({ kind }) => kind).join(', ')}): each page comes more than once`,
      'Keep one pager in a receiver.',
      receiver.name,
    );
  }
  let pairs = 0;
  const paging = subject.routes.filter(
    (each) =>
      each.parent !== undefined &&
      each.route.routes.length === 0 &&
      pagersOf(receiverNamed(subject, each.receiver)).length > 0,
  );
  for (const [index, first] of paging.entries()) {
    if (!first.route.continues) continue;
    for (const later of paging.slice(index + 1)) {
      pairs += 1;
      if (pairs > MOST_PAIRS) return;
      if (later.parent === first.parent && later.receiver !== first.receiver)
        check(subject, first, later);
    }
  }
}

/** Only an alert that shows it makes a finding: what may overlap is not enough. */
function check(
  { findings, configuration, algebra }: LintSubject,
  first: RouteInTree,
  later: RouteInTree,
): void {
  const labels = exampleLabels([...first.matchers, ...later.matchers], algebra);
  if (labels === undefined) return;
  const reached = routesTaken(configuration.route, labels, algebra);
  if (!reached.includes(first.route) || !reached.includes(later.route)) return;
  const shown = [...labels].filter(([, value]) => value !== '');
  findings.warning(
    'doubled-pages',
    later.route.position,
    `an alert with ${formatMatchers(shown.map(([name, value]) => ({ name, operator: '=', value })))} pages "${first.receiver}" by ${describeRoute(first.route)}, and "${later.receiver}" by this one`,
    'Remove continue from the first route, or let their matchers exclude one another.',
    later.receiver,
  );
}

function exampleLabels(
  matchers: readonly LabelMatcher[],
  algebra: LabelAlgebra,
): ReadonlyMap<string, string> | undefined {
  const labels = new Map<string, string>();
  for (const [name, conditions] of conditionsByLabel(matchers)) {
    const value = algebra.exampleValue(conditions);
    if (value === undefined) return undefined;
    labels.set(name, value);
  }
  return labels;
}

/** The routes that handle an alert, as Alertmanager finds them. */
function routesTaken(
  route: Route,
  labels: ReadonlyMap<string, string>,
  algebra: LabelAlgebra,
): readonly Route[] {
  if (!algebra.fulfils(labels, route.matchers)) return [];
  const taken: Route[] = [];
  for (const child of route.routes) {
    const below = routesTaken(child, labels, algebra);
    taken.push(...below);
    if (below.length > 0 && !child.continues) break;
  }
  return taken.length > 0 ? taken : [route];
}
