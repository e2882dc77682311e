// What every kind of finding looks at: the configuration, where its parts stand in the file, and the tree laid out flat.
import type { LabelMatcher } from '../../../formats/label-matcher.ts';
import type { AlertmanagerTarget } from '../capability.ts';
import type { AlertmanagerConfiguration, Position, Receiver, Route } from '../configuration.ts';
import { ROUTE_DEFAULTS } from '../configuration.ts';
import type { FindingList } from '../finding.ts';
import type { ReadSource } from '../read-configuration.ts';
import { listField, objectField, placeOf } from '../read/source.ts';
import type { SourceObject } from '../read/source.ts';
import { formatMatchers } from '../matching.ts';
import type { LabelAlgebra } from './label-conditions.ts';

/** A template file, as the caller found it. */
export interface TemplateFile {
  readonly path: string;
  readonly text: string;
}

export interface LintSubject extends ReadSource {
  readonly configuration: AlertmanagerConfiguration;
  readonly target: AlertmanagerTarget;
  readonly findings: FindingList;
  /** The files of each glob; undefined when nobody has looked. */
  readonly templateFiles: ReadonlyMap<string, readonly TemplateFile[]> | undefined;
  /** Answers questions on matchers. */
  readonly algebra: LabelAlgebra;
  /** All routes, parents before their children. */
  readonly routes: readonly RouteInTree[];
}

/** A route with what it has from above. */
export interface RouteInTree {
  readonly route: Route;
  readonly source: SourceObject;
  readonly parent: RouteInTree | undefined;
  /** Its own matchers and those of all routes above it. */
  readonly matchers: readonly LabelMatcher[];
  readonly receiver: string;
  readonly groupWaitMs: number;
  readonly groupIntervalMs: number;
  readonly repeatIntervalMs: number;
}

export function routesOf(
  configuration: AlertmanagerConfiguration,
  file: SourceObject,
): RouteInTree[] {
  const source = objectField(file, 'route');
  return source === undefined ? [] : below(configuration.route, source, undefined);
}

function below(route: Route, source: SourceObject, parent: RouteInTree | undefined): RouteInTree[] {
  const own: RouteInTree = {
    route,
    source,
    parent,
    matchers: [...(parent?.matchers ?? []), ...route.matchers],
    receiver: route.receiver ?? parent?.receiver ?? '',
    groupWaitMs: route.groupWaitMs ?? parent?.groupWaitMs ?? ROUTE_DEFAULTS.groupWaitMs,
    groupIntervalMs:
      route.groupIntervalMs ?? parent?.groupIntervalMs ?? ROUTE_DEFAULTS.groupIntervalMs,
    repeatIntervalMs:
      route.repeatIntervalMs ?? parent?.repeatIntervalMs ?? ROUTE_DEFAULTS.repeatIntervalMs,
  };
  const sources = listField(source, 'routes').filter((each) => each !== undefined);
  return [
    own,
    ...route.routes.flatMap((child, index) => {
      const childSource = sources[index];
      return childSource === undefined ? [] : below(child, childSource, own);
    }),
  ];
}

/** Where a field of a route stands, or else the route. */
export function routePlace({ source }: RouteInTree, field?: string): Position {
  return placeOf(source, field);
}

/** `the route {team="a"} in line 7`. */
export function describeRoute(route: Route): string {
  return `the route ${formatMatchers(route.matchers)} in line ${route.position.line}`;
}

/** Integrations that wake people and keep an incident open until they are told that it is over. */
const PAGERS: ReadonlySet<string> = new Set(['pagerduty', 'opsgenie', 'victorops', 'incidentio']);

export function pagersOf(receiver: Receiver | undefined): Receiver['integrations'] {
  return receiver?.integrations.filter(({ kind }) => PAGERS.has(kind)) ?? [];
}

export function receiverNamed({ configuration }: LintSubject, name: string): Receiver | undefined {
  return configuration.receivers.find((each) => each.name === name);
}
