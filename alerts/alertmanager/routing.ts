// The way of an alert through the tree of routes, as Alertmanager goes it: depth first, the first fit ends unless it continues.
import { createHash } from 'node:crypto';
import { behaviourOf, NEWEST_TARGET } from './behaviour.ts';
import type { Behaviour } from './behaviour.ts';
import type { AlertmanagerTarget } from './capability.ts';
import { ROUTE_DEFAULTS } from './configuration.ts';
import type { AlertmanagerConfiguration, Position, Route } from './configuration.ts';
import { formatLabels, sortedLabels } from './label-set.ts';
import type { LabelSet } from './label-set.ts';
import { compileMatcher, formatMatchers, matchesAll } from './matching.ts';
import type { CompiledMatcher } from './matching.ts';

/** One step from the root towards a route. */
export interface RouteStep {
  /** Among its siblings from 0; 0 for the root too. */
  readonly index: number;
  /** `{severity="page"}`, `{}` without any. */
  readonly matchers: string;
  readonly position: Position;
}

/** A route with all that it inherits. */
export interface RouteNode {
  /** From the root, which is the first step. */
  readonly path: readonly RouteStep[];
  /** Its number in the order of the file, the root being 0. */
  readonly number: number;
  readonly receiver: string;
  /** Sorted; `'...'` groups by all labels. */
  readonly groupBy: readonly string[] | '...';
  readonly groupWaitMs: number;
  readonly groupIntervalMs: number;
  readonly repeatIntervalMs: number;
  readonly continues: boolean;
  /** Not inherited: a route has its own or none. */
  readonly muteTimeIntervals: readonly string[];
  readonly activeTimeIntervals: readonly string[];
  readonly matchers: readonly CompiledMatcher[];
  readonly routes: readonly RouteNode[];
  /** The part of the group key that the route gives: the matchers on the path, joined by `/`. */
  readonly key: string;
}

/** A tree that is ready to route. */
export interface Routing {
  readonly root: RouteNode;
  /** What differs in the version that routes. */
  readonly behaviour: Behaviour;
  /** The routes that handle an alert with these labels, in order; at least one. */
  match(labels: LabelSet): RouteNode[];
}

/**
 * Prepares a tree for routing.
 * @param target the version that routes; the newest by default
 * @throws SyntaxError when a matcher's regular expression is none
 */
export function createRouting(
  configuration: AlertmanagerConfiguration,
  target: AlertmanagerTarget = NEWEST_TARGET,
): Routing {
  const behaviour = behaviourOf(target);
  const count = { routes: 0 };
  const root = resolveRoute(configuration.route, undefined, 0, count);
  return { root, behaviour, match: (labels) => matchingRoutes(root, labels, fits) };
}

const fits = (route: RouteNode, labels: LabelSet): boolean => matchesAll(route.matchers, labels);

function resolveRoute(
  route: Route,
  parent: RouteNode | undefined,
  index: number,
  count: { routes: number },
): RouteNode {
  const matchers = formatMatchers(route.matchers);
  const routes: RouteNode[] = [];
  const node: RouteNode = {
    path: [...(parent?.path ?? []), { index, matchers, position: route.position }],
    number: count.routes,
    receiver: route.receiver ?? parent?.receiver ?? '',
    groupBy: route.groupBy ?? parent?.groupBy ?? [],
    groupWaitMs: route.groupWaitMs ?? parent?.groupWaitMs ?? ROUTE_DEFAULTS.groupWaitMs,
    groupIntervalMs:
      route.groupIntervalMs ?? parent?.groupIntervalMs ?? ROUTE_DEFAULTS.groupIntervalMs,
    repeatIntervalMs:
      route.repeatIntervalMs ?? parent?.repeatIntervalMs ?? ROUTE_DEFAULTS.repeatIntervalMs,
    continues: route.continues,
    muteTimeIntervals: route.muteTimeIntervals,
    activeTimeIntervals: route.activeTimeIntervals,
    matchers: route.matchers.map(compileMatcher),
    routes,
    key: parent === undefined ? matchers : `${parent.key}/${matchers}`,
  };
  count.routes += 1;
  for (const [childIndex, child] of route.routes.entries())
    routes.push(resolveRoute(child, node, childIndex, count));
  return node;
}

/** The routes below and including this one that handle an alert; none when it does not fit the route itself. */
export function matchingRoutes<Alert>(
  route: RouteNode,
  alert: Alert,
  fits: (route: RouteNode, alert: Alert) => boolean,
): RouteNode[] {
  if (!fits(route, alert)) return [];
  const matched: RouteNode[] = [];
  for (const child of route.routes) {
    const below = matchingRoutes(child, alert, fits);
    matched.push(...below);
    if (below.length > 0 && !child.continues) break;
  }
  return matched.length > 0 ? matched : [route];
}

/** Those of an alert's labels that its route groups by. */
export function groupLabelsOf({ groupBy }: RouteNode, labels: LabelSet): LabelSet {
  const pairs = sortedLabels(labels);
  return Object.fromEntries(
    groupBy === '...' ? pairs : pairs.filter(([name]) => groupBy.includes(name)),
  );
}

/** Alertmanager's group key, byte for byte: `{}/{severity="page"}:{alertname="BudgetBurn"}`. */
export function groupKeyOf(route: RouteNode, groupLabels: LabelSet, behaviour: Behaviour): string {
  return `${route.key}:${formatLabels(groupLabels, behaviour.sortsPairs)}`;
}

/** SHA-256 of a group key in hexadecimal: PagerDuty's `dedup_key`, Opsgenie's `alias`, VictorOps's `entity_id`. */
export function dedupKeyOf(groupKey: string): string {
  return createHash('sha256').update(groupKey).digest('hex');
}
