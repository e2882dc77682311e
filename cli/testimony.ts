// What a witness says of an SLO, in a sentence for people.
import type { SloSummary } from '../collector/http/contract.ts';
import { events, span } from './figures.ts';

type Witness = SloSummary['witnesses'][number];

/** `witness shop/reachable says otherwise: …`, without the SLO's own name. */
export function testimonyText({ slo, windowSeconds, users, witness, verdict }: Witness): string {
  const counts = `${countText(witness)} there and ${countText(users)} here in ${span(windowSeconds)}`;
  switch (verdict) {
    case 'agree':
      return `witness ${slo} agrees: ${counts} were bad`;
    case 'only-witness':
      return `witness ${slo} says otherwise: ${counts} were bad. Users may be cut off before they are counted, or the check is at fault`;
    case 'only-users':
      return `witness ${slo} sees nothing of it: ${counts} were bad. The check does not try what fails for users`;
    case 'too-few':
      return `witness ${slo}: ${counts} were bad, too few to compare`;
  }
}

/** Whether the witness and the counts contradict each other. */
export function disagrees({ verdict }: Witness): boolean {
  return verdict === 'only-witness' || verdict === 'only-users';
}

function countText({ total, bad }: Witness['users']): string {
  return `${events(bad)} of ${events(total)}`;
}
