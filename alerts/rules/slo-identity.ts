// How the name of an SLO follows from the value of a label: `api` in `job="prod/api"` is the service `api`.
import { escapePattern } from '../../formats/regular-expression.ts';
import type { Slo } from '../../slo/slo.ts';

/** What `label_replace` needs to make the labels of an SLO out of the value of one of its series. */
export interface SloIdentity {
  /** Regular expression (RE2) of the whole value, with one group. */
  readonly pattern: string;
  /** The labels `service` and `slo`, `${1}` for what the group took. */
  readonly service: string;
  readonly slo: string;
}

/** Every way in which the value tells the SLO from others; the shortest service first. */
export function identitiesOf({ service, name }: Slo, value: string): readonly SloIdentity[] {
  const cores = [value, service.name, name].filter((core) => value.includes(core));
  return [...new Set(cores)].flatMap((core) => {
    const pattern = replacedOnce(value, core, (before, after) => {
      return `${escapePattern(before)}(.*)${escapePattern(after)}`;
    });
    const told = (text: string): readonly string[] =>
      text.includes(core) ? [replacedOnce(text, core, (a, b) => `${a}${CORE}${b}`), text] : [text];
    return told(service.name).flatMap((own) =>
      told(name).flatMap((short) =>
        own === service.name && short === name
          ? []
          : [{ pattern, service: own, slo: `${own}/${short}` }],
      ),
    );
  });
}

/** The value again, out of the labels of an alert's series: a template of Prometheus'. */
export function valueTemplate({ pattern, service, slo }: SloIdentity): string {
  const [label, text] = service.includes(CORE) ? ['service', service] : ['slo', slo];
  const told = text.split(CORE).map(escapePattern).join('(.*)');
  const value = pattern
    .split('(.*)')
    .map((part) => part.replaceAll(/\\(.)/g, '$1').replaceAll('$', '$$$$'))
    .join(CORE);
  if (told === '(.*)' && value === CORE) return `{{ $labels.${label} }}`;
  return `{{ reReplaceAll ${JSON.stringify(`^${told}$`)} ${JSON.stringify(value)} $labels.${label} }}`;
}

/** What the group took. */
const CORE = '${1}';

function replacedOnce(
  text: string,
  part: string,
  replaced: (before: string, after: string) => string,
): string {
  const at = text.indexOf(part);
  return replaced(text.slice(0, at), text.slice(at + part.length));
}
