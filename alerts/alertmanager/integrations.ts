// The eighteen ways in which Alertmanager 0.34 can tell somebody, and what each target knows of them.
import type { AlertmanagerTarget, IntegrationCapability } from './capability.ts';
import { isSupported } from './capability.ts';
import { CARRIERS } from './integrations/carriers.ts';
import { CHATS } from './integrations/chats.ts';
import { PAGERS } from './integrations/pagers.ts';

/** By kind: `pagerduty` stands in a file as `pagerduty_configs`. Read off Alertmanager's own types. */
export const INTEGRATIONS = { ...PAGERS, ...CHATS, ...CARRIERS } as const;

export type IntegrationKind = keyof typeof INTEGRATIONS;

/** What is known of a kind; undefined when no version of Alertmanager has it. */
export function integrationCapability(kind: string): IntegrationCapability | undefined {
  return Object.hasOwn(INTEGRATIONS, kind) ? INTEGRATIONS[kind as IntegrationKind] : undefined;
}

/** Kinds of a target, in the order of the table. */
export function integrationKinds(target: AlertmanagerTarget): readonly IntegrationKind[] {
  const kinds = Object.keys(INTEGRATIONS) as IntegrationKind[];
  return kinds.filter((kind) => isSupported(INTEGRATIONS[kind].since, target));
}
