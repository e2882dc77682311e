// Which alerts keep which others silent: a page the ticket of the same SLO, a needed service the ones that need it; nothing else.
import type { LabelMatcher } from '../../formats/label-matcher.ts';
import { ALERTS } from '../../slo/names.ts';
import type { Slo } from '../../slo/slo.ts';
import type { Dependency, Routing } from '../routing.ts';
import type { TreeInhibitRule } from './tree.ts';
import { equal, groupLabels } from './tree-labels.ts';

export function inhibitRules({
  slos,
  routing,
}: {
  readonly slos: readonly Slo[];
  readonly routing: Routing;
}): readonly TreeInhibitRule[] {
  return [pageOverTicket(slos), ...routing.dependencies.map(dependencyRule)];
}

/** Labels of groupings are equal too: the page of one group says nothing about another's ticket. */
function pageOverTicket(slos: readonly Slo[]): TreeInhibitRule {
  const burns = equal('alertname', ALERTS.burn);
  return {
    name: 'page-over-ticket-of-the-same-slo',
    source: [burns, equal('severity', 'page')],
    target: [burns, equal('severity', 'ticket')],
    equal: [...new Set(['slo', ...groupLabels(slos)])].sort(),
  };
}

/** `alertname` is equal, so that a gap in the data of one service hides nothing of another. */
function dependencyRule(dependency: Dependency): TreeInhibitRule {
  const { service, needs, mutes } = dependency;
  const burns = equal('alertname', ALERTS.burn);
  return {
    name: `what-${service}-needs`,
    source: [burns, equal('severity', 'page'), oneOf('service', needs)],
    target: [burns, oneOf('severity', mutes), equal('service', service)],
    equal: [...new Set(['alertname', ...dependency.equal])].sort(),
  };
}

/** Names are letters, digits and dashes, which mean nothing but themselves in a regular expression. */
function oneOf(name: string, values: readonly string[]): LabelMatcher {
  const [only = ''] = values;
  return values.length === 1
    ? equal(name, only)
    : { name, operator: '=~', value: values.join('|') };
}
