// The four services of the API governance platform.
import { defineService } from 'ninefold';

export const gateway = defineService({
  name: 'gateway',
  team: 'api-platform',
  tier: 'critical',
  description: 'Every API call passes through it: authentication, quotas, routing.',
});

export const registry = defineService({
  name: 'registry',
  team: 'api-platform',
  tier: 'high',
  description: 'Holds API specifications, versions and their life cycle.',
});

export const auditor = defineService({
  name: 'auditor',
  team: 'api-platform',
  tier: 'high',
  description: 'Keeps and answers who called which API when.',
});

export const portal = defineService({
  name: 'portal',
  team: 'developer-experience',
  tier: 'standard',
  description: 'Where developers find APIs and subscribe to them.',
});
