// What to do when audit events are lost or late, and when any telemetry of the platform is missing.
import { defineRunbook } from 'ninefold';
import { completeness, freshness } from './auditor.slo.ts';
import { apiPlatform } from './teams.alerts.ts';

export const auditLoss = defineRunbook({
  name: 'auditor-loss',
  title: 'Audit events are received and not stored',
  alerts: [{ slo: completeness }],
  symptoms: [
    'Calls happened that the audit log will never show. That is a matter of compliance, not of comfort.',
  ],
  firstFiveMinutes: [
    {
      do: 'See how many events a second are missing.',
      promql:
        'sum(rate(auditor_events_received_total{job="auditor"}[5m])) - sum(rate(auditor_events_stored_total{job="auditor"}[5m]))',
      expect: 'About 0.',
    },
    {
      do: 'Keep what is not lost yet: the topic holds seven days. See that nobody shortens them.',
      command:
        'kafka-configs.sh --bootstrap-server "$BROKERS" --describe --entity-type topics --entity-name gateway.access-log',
      expect: 'retention.ms=604800000',
    },
  ],
  decisions: [
    {
      id: 'store',
      do: 'Does the search cluster take writes?',
      command: 'curl --silent "$OPENSEARCH/_cluster/health?pretty"',
      expect: 'Status green or yellow.',
      next: [
        {
          when: 'red',
          do: 'Bring back the lost shards first: call whoever runs the search cluster.',
        },
        { when: 'green or yellow', step: 'blocked' },
      ],
    },
    {
      id: 'blocked',
      do: 'Are indices read-only, as they become when a disk is 95 % full?',
      command:
        'curl --silent "$OPENSEARCH/_all/_settings/index.blocks.read_only_allow_delete?pretty"',
      expect: 'No index is listed.',
      next: [
        {
          when: 'some are',
          do: 'Make room (delete indices past their retention, add a node), then take the block off.',
        },
        {
          when: 'none is',
          do: 'The auditor refuses events: its log says which field. Take back the release that changed it.',
        },
      ],
    },
  ],
  verification: [
    {
      do: 'Stored events catch up with received ones.',
      promql:
        'sum(rate(auditor_events_stored_total{job="auditor"}[5m])) / sum(rate(auditor_events_received_total{job="auditor"}[5m]))',
      expect: 'Above 1 while it catches up, then 1.',
    },
    {
      do: 'Set the consumer group back to before the loss and let it read again: storing is idempotent.',
      command:
        'kafka-consumer-groups.sh --bootstrap-server "$BROKERS" --group auditor --topic gateway.access-log --reset-offsets --to-datetime "$BEGINNING" --dry-run',
      expect: 'Offsets before the loss. Repeat with --execute while the auditor is stopped.',
    },
  ],
  rollBack: [{ do: 'Nothing to take back: reading again does no harm.' }],
  escalation: [
    { to: apiPlatform },
    { to: 'whoever runs the search cluster', after: '10m' },
    { to: 'the compliance officer, once events are known to be lost', after: '1h' },
  ],
  logs: '{app="auditor"} | json | level="error"',
  owner: apiPlatform,
  reviewed: '2026-11-22',
});

export const auditLate = defineRunbook({
  name: 'auditor-late',
  title: 'Audit events are found late',
  alerts: [{ slo: freshness }],
  symptoms: ['Whoever asks for a call of five minutes ago does not find it yet. Nothing is lost.'],
  firstFiveMinutes: [
    {
      do: 'See how far the auditor is behind.',
      command: 'kafka-consumer-groups.sh --bootstrap-server "$BROKERS" --describe --group auditor',
      expect: 'A lag that does not grow.',
    },
  ],
  decisions: [
    {
      id: 'growing',
      do: 'Does the lag grow?',
      next: [
        {
          when: 'on every partition',
          do: 'Indexing is too slow: add instances of the auditor, up to the number of partitions.',
        },
        {
          when: 'on one partition',
          do: 'One key is hot or one record is poison: read it from its offset.',
        },
        { when: 'it shrinks', do: 'It catches up by itself. See in its log what stopped it.' },
      ],
    },
  ],
  verification: [
    {
      do: 'The newest event is younger than a minute.',
      command: 'npx ninefold explain auditor/freshness',
      expect: 'The short windows are below their burn rates.',
    },
  ],
  rollBack: [{ do: 'Take added instances away once the lag has been flat for an hour.' }],
  owner: apiPlatform,
  reviewed: '2026-11-22',
});

/** Of every SLO of the platform that has no closer one. */
export const telemetryMissing = defineRunbook({
  name: 'telemetry-missing',
  title: 'An SLO is no longer measured',
  alerts: [{ alert: 'SliDataMissing' }],
  symptoms: [
    'Nobody knows whether the objective is kept. Burn alerts of the SLO stand still: an outage now pages nobody.',
  ],
  firstFiveMinutes: [
    {
      do: 'Try the service by hand.',
      expect: 'It answers: only the measuring failed. It does not: treat it as an outage at once.',
    },
    {
      do: 'See which SLOs are missing, and up to when each was measured.',
      command: 'npx ninefold status',
      expect:
        'SLOs of one source all missing: it is the source. One alone: it is the service, or its query.',
    },
  ],
  decisions: [
    {
      id: 'source',
      do: 'What do the missing SLOs share?',
      next: [
        { when: 'Prometheus', step: 'targets' },
        { when: 'Kafka', step: 'brokers' },
        {
          when: 'Loki',
          do: 'See whether it takes lines of the tenant api-governance, and whether the agents send them.',
        },
        {
          when: 'the collector alone',
          do: 'It is away or cannot write its store: see its log and its disk. Generated rules in Prometheus page meanwhile.',
        },
      ],
    },
    {
      id: 'targets',
      do: 'Is the target scraped?',
      promql: 'up{job=~"gateway|registry|auditor|portal"} == 0',
      expect: 'No series.',
      next: [
        { when: 'it is listed', do: 'Its scrape fails: port, network policy, certificate.' },
        {
          when: 'it is not known at all',
          do: 'Discovery lost it: labels of the workload, namespace, scrape configuration.',
        },
        {
          when: 'it is scraped, without the series',
          do: 'A release renamed a metric or a label: compare its exposition with the query on this page.',
        },
      ],
    },
    {
      id: 'brokers',
      do: 'Does the collector read?',
      command:
        'kafka-consumer-groups.sh --bootstrap-server "$BROKERS" --describe --group ninefold-api-governance',
      expect: 'A member on every partition, and a lag that does not grow.',
      next: [
        {
          when: 'the group has no member',
          do: 'The collector cannot connect: its log says why. A rotated password is the usual reason.',
        },
        { when: 'it reads without lag', do: 'Nobody writes: look at the producer.' },
      ],
    },
  ],
  verification: [
    {
      do: 'The SLO is measured up to now.',
      command: 'npx ninefold status',
      expect: 'No SLO is stale. Unmeasured time stays unmeasured; it spends no budget.',
    },
  ],
  escalation: [{ to: apiPlatform }, { to: 'the observability team', after: '15m' }],
  owner: apiPlatform,
  reviewed: '2026-11-22',
});
