// What the texts of an alert call the SLO they are about: by its name, or by the labels of a series that many SLOs share.
import { instanceLabels } from '../../slo/names.ts';
import type { Slo } from '../../slo/slo.ts';
import type { CountedSlos } from './counted-slos.ts';
import { sloKey } from './slo-key.ts';
import { matchersOf } from './slo-set.ts';
import { escapeTemplate } from './template-text.ts';

/** What one alert of each kind is about. */
export interface AlertSubject {
  /** The SLO; of several what they have in common, with marks for their names. */
  readonly slo: Slo;
  /** Of the series of all of them. */
  readonly matchers: string;
  /** Whether `$labels.slo` and `$labels.service` say which SLO it is; they come with the series of the alert then. */
  readonly isShared: boolean;
  /** Text about the SLO as a template: every text goes through this. */
  readonly text: (plain: string) => string;
}

/** An SLO whose alerts are its own. */
export function subjectOf(slo: Slo): AlertSubject {
  return { slo, matchers: matchersOf([slo]), isShared: false, text: escapeTemplate };
}

/**
 * One subject for all SLOs that say the same but for their names; the others have alerts of their own, as promtool takes
 * rules with the same labels for one written twice. An alert only puts an SLO's texts together, and does with marks what it
 * does with names: with its labels filled in, it says of each what its own would.
 */
export function alertSubjects(counted: CountedSlos): readonly AlertSubject[] {
  const { slos } = counted;
  if (slos.length === 1) return slos.map(subjectOf);
  const marked = markNames(counted);
  const alike = Map.groupBy(slos, (slo) => {
    const known = marked(slo);
    return known && sloKey(known);
  });
  const taken = new Set<string>();
  return [...alike.values()]
    .sort((a, b) => b.length - a.length)
    .flatMap((own) => {
      const slo = own[0] === undefined ? undefined : marked(own[0]);
      if (own.length === 1 || slo === undefined) return own.map(subjectOf);
      const { slo: _, service: __, ...labels } = instanceLabels(slo, {});
      const key = JSON.stringify(labels);
      if (taken.has(key)) return own.map(subjectOf);
      taken.add(key);
      return [{ slo, matchers: matchersOf(own), isShared: true, text: filled(counted) }];
    });
}

/** Marks are characters that no text of people's has: of the id, the service, the SLO's own name and its label's value. */
const ID = '\uE000';
const SERVICE = '\uE001';
const NAME = '\uE002';
const VALUE = '\uE003';

const ANY_MARK = /[\uE000-\uE003]/;

/**
 * Writes marks in place of an SLO's names, wherever its texts have them. What no alert tells is left out; a name that all of
 * these SLOs have stays as it is. Undefined where a text has a mark of its own.
 */
function markNames({ slos, told }: CountedSlos): (slo: Slo) => Slo | undefined {
  const differ = (name: (slo: Slo) => string): boolean => new Set(slos.map(name)).size > 1;
  const [services, names] = [differ(({ service }) => service.name), differ(({ name }) => name)];
  return (slo) => {
    const {
      id,
      name,
      service,
      sli,
      description,
      runbookUrl,
      dashboardUrl,
      witnessOf: _,
      ...rest
    } = slo;
    const value = told?.values.get(id);
    const marks = [
      [id, ID],
      ...(services ? ([[service.name, SERVICE]] as const) : []),
      ...(names ? ([[name, NAME]] as const) : []),
      ...(value === undefined ? [] : ([[value, VALUE]] as const)),
      // The longest first: one may begin with another.
    ].sort(([a], [b]) => b.length - a.length);
    let isPlain = true;
    const mark = (text: string): string => {
      isPlain &&= !ANY_MARK.test(text);
      return marks.reduce((rest, [part, sign]) => rest.replaceAll(part, sign), text);
    };
    const { description: __, ...known } = service;
    const { form } = sli;
    const named: Slo = {
      ...rest,
      id: ID,
      name: names ? NAME : name,
      service: { ...known, name: services ? SERVICE : service.name, links: {} },
      sli: {
        ...sli,
        form:
          form.form === 'counters'
            ? { ...form, total: { selector: '' }, part: { selector: mark(form.part.selector) } }
            : form,
      },
      ...(description !== undefined && { description: mark(description) }),
      ...(runbookUrl !== undefined && { runbookUrl: mark(runbookUrl) }),
      ...(dashboardUrl !== undefined && { dashboardUrl: mark(dashboardUrl) }),
    };
    return isPlain ? named : undefined;
  };
}

/** Writes the labels that say it in place of each mark. */
function filled({ told }: CountedSlos): (plain: string) => string {
  const templates = new Map([
    [ID, '{{ $labels.slo }}'],
    [SERVICE, '{{ $labels.service }}'],
    [NAME, '{{ reReplaceAll "^.*/" "" $labels.slo }}'],
    [VALUE, told?.template ?? ''],
  ]);
  return (plain) =>
    escapeTemplate(plain).replaceAll(/[\uE000-\uE003]/g, (mark) => templates.get(mark) ?? mark);
}
