// Which integrations keep an incident open until they are told that it is over.

/** They know an incident by the SHA-256 of its group key, or by the key itself; all others only write messages. */
export const INCIDENT_KINDS: ReadonlySet<string> = new Set([
  'pagerduty',
  'opsgenie',
  'victorops',
  'jira',
  'incidentio',
]);
