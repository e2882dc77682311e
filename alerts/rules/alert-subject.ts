// What the texts of an alert call the SLO they are about: by its name, or by the labels of a series that many SLOs share.
import type { Slo } from '../../slo/slo.ts';
import type { CountedSlos } from './counted-slos.ts';
import type { AlertingRule } from './rule.ts';
import { escapePattern } from './slo-identity.ts';
import { matchersOf } from './slo-set.ts';
import { escapeTemplate } from './template-text.ts';

export interface AlertSubject {
  readonly slo: Slo;
  /** Whether `$labels.slo` and `$labels.service` say which SLO it is; they come with the series of the alert then. */
  readonly isShared: boolean;
  /** Text of a definition as a template. */
  readonly text: (plain: string) => string;
}

/** An SLO whose alert is its own. */
export function subjectOf(slo: Slo): AlertSubject {
  return { slo, isShared: false, text: escapeTemplate };
}

/**
 * One alert for all SLOs whose alerts say the same of each, but for their names; the others have alerts of their own, as
 * promtool takes rules with the same labels for one written twice.
 * @param alertOf the alert of a subject, on series that these matchers select
 */
export function sharedAlerts(
  counted: CountedSlos,
  alertOf: (subject: AlertSubject, matchers: string) => AlertingRule,
): readonly AlertingRule[] {
  const { slos } = counted;
  const [only] = slos;
  if (slos.length === 1 && only !== undefined) return [alertOf(subjectOf(only), matchersOf(slos))];
  const named = namesOf(counted);
  const sharedSubject = (slo: Slo): AlertSubject => ({ slo, isShared: true, text: named(slo) });
  const alike = Map.groupBy(slos, (slo) => JSON.stringify(alertOf(sharedSubject(slo), '')));
  const taken = new Set<string>();
  return [...alike.values()]
    .sort((a, b) => b.length - a.length)
    .flatMap((own) => {
      const [first] = own;
      if (first === undefined) return [];
      const shared = alertOf(sharedSubject(first), matchersOf(own));
      const labels = JSON.stringify(shared.labels);
      if (own.length === 1 || taken.has(labels))
        return own.map((slo) => alertOf(subjectOf(slo), matchersOf([slo])));
      taken.add(labels);
      return [shared];
    });
}

/**
 * Writes texts with labels in place of an SLO's own names: filled in, they are what they were, wherever a name was found.
 * A name that all of these SLOs have stays as it is.
 */
function namesOf({ slos, told }: CountedSlos): (slo: Slo) => (plain: string) => string {
  const differ = (name: (slo: Slo) => string): boolean => new Set(slos.map(name)).size > 1;
  const [services, names] = [differ(({ service }) => service.name), differ(({ name }) => name)];
  return ({ id, service, name }) => {
    const value = told?.values.get(id);
    const templates = new Map([
      ...(value === undefined || told === undefined ? [] : ([[value, told.template]] as const)),
      ...(names ? ([[name, '{{ reReplaceAll "^.*/" "" $labels.slo }}']] as const) : []),
      ...(services ? ([[service.name, '{{ $labels.service }}']] as const) : []),
      [id, '{{ $labels.slo }}'],
    ]);
    // The longest first: one may begin with another.
    const found = [...templates.keys()].sort((a, b) => b.length - a.length).map(escapePattern);
    const any = new RegExp(found.join('|'), 'g');
    return (plain) => escapeTemplate(plain).replaceAll(any, (text) => templates.get(text) ?? text);
  };
}
