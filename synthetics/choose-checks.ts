// Which checks are meant: by id, name, service or tag, and by location.
import type { Check } from './check.ts';

export interface Choice {
  /** Ids, names, services or tags; a check is meant by any of them. @default all */
  readonly only?: readonly string[];
  /** Checks without locations run anywhere. @default every location's */
  readonly location?: string;
}

/** The checks that are meant, in their order. */
export function chooseChecks(
  checks: readonly Check[],
  { only, location }: Choice,
): readonly Check[] {
  return checks.filter(
    (check) =>
      (only === undefined || only.some((word) => isMeant(check, word))) &&
      (location === undefined ||
        check.locations.length === 0 ||
        check.locations.includes(location)),
  );
}

/** The words that mean no check at all: misspelt, most likely. */
export function unknownChoices(
  checks: readonly Check[],
  only: readonly string[],
): readonly string[] {
  return only.filter((word) => !checks.some((check) => isMeant(check, word)));
}

function isMeant({ id, name, service, tags }: Check, word: string): boolean {
  return id === word || name === word || service.name === word || tags.includes(word);
}
