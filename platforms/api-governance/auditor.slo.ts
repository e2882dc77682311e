// What the auditor promises: no event lost, questions answered, and answers that are not old.
import { defineSlo, kafkaEvents, prometheusRatio } from 'ninefold';
import { requestCounters } from './http-requests.ts';
import { auditor } from './services.ts';

export const completeness = defineSlo({
  service: auditor,
  name: 'completeness',
  description: 'Audit events received that were stored.',
  objective: '99.9%',
  sli: prometheusRatio({
    total: 'auditor_events_received_total{job="auditor"}',
    good: 'auditor_events_stored_total{job="auditor"}',
  }),
});

export const queryAvailability = defineSlo({
  service: auditor,
  name: 'query-availability',
  description: 'Questions to the audit log that are answered.',
  objective: '99.5%',
  sli: prometheusRatio(requestCounters('auditor', 'http_route=~"/query.*"')),
});

export const freshness = defineSlo({
  service: auditor,
  name: 'freshness',
  description: 'Audit events that can be found within a minute of the call that they tell of.',
  objective: '99%',
  sli: kafkaEvents({
    topic: 'auditor.indexed',
    fields: { called_at: 'string', age_s: 'seconds' },
    time: { field: 'called_at', as: 'rfc3339' },
    good: (event) => event.age_s.atMost('60s'),
  }),
});
