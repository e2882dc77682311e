// A tree that is yet to be written, as the simulator takes it.
import type {
  AlertmanagerConfiguration,
  Position,
  Route,
  RouteMatcher,
} from '../../../alerts/alertmanager/configuration.ts';
import type { AlertmanagerTree, TreeRoute } from '../../../alerts/alertmanager/tree.ts';
import type { LabelMatcher } from '../../../formats/label-matcher.ts';

const position: Position = { line: 1, column: 1 };

export function resolvedTree(tree: AlertmanagerTree): AlertmanagerConfiguration {
  return {
    route: routeOf(tree.root),
    receivers: tree.receivers.map(({ name }) => ({ name, position, integrations: [] })),
    inhibitRules: tree.inhibitRules.map(({ name, source, target, equal }) => ({
      position,
      name,
      sourceMatchers: source.map(matcherOf),
      targetMatchers: target.map(matcherOf),
      equal,
    })),
    timeIntervals: tree.timeIntervals.map((interval) => ({ ...interval, position })),
    templates: [],
  };
}

function routeOf(route: TreeRoute): Route {
  const milliseconds = (seconds: number | undefined): number | undefined =>
    seconds === undefined ? undefined : seconds * 1000;
  return {
    position,
    receiver: route.receiver,
    matchers: route.matchers.map(matcherOf),
    groupBy: route.groupBy,
    groupWaitMs: milliseconds(route.timers?.groupWait),
    groupIntervalMs: milliseconds(route.timers?.groupInterval),
    repeatIntervalMs: milliseconds(route.timers?.repeatInterval),
    continues: false,
    muteTimeIntervals: route.muteTimeIntervals ?? [],
    activeTimeIntervals: route.activeTimeIntervals ?? [],
    labels: {},
    routes: (route.routes ?? []).map(routeOf),
  };
}

function matcherOf(matcher: LabelMatcher): RouteMatcher {
  return { ...matcher, position };
}
