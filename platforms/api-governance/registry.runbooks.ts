// What to do when the registry fails its promises: its API, and changes of an API's life cycle that do not get around.
import { defineRunbook } from 'ninefold';
import { publish } from './registry.checks.ts';
import { availability, lifecyclePropagation } from './registry.slo.ts';
import { apiPlatform } from './teams.alerts.ts';

export const registryErrors = defineRunbook({
  name: 'registry-errors',
  title: 'The registry API fails',
  alerts: [{ slo: availability }],
  symptoms: [
    'Publishing, approving and looking up APIs fails; the portal shows no catalogue.',
    'The gateway serves what it knew for an hour. After that, new subscriptions and rotated keys are refused: this is the time that you have.',
  ],
  firstFiveMinutes: [
    {
      do: 'See whether reading or writing fails.',
      promql:
        'sum by (http_request_method, http_response_status_code)(rate(http_server_request_duration_seconds_count{job="registry",http_response_status_code=~"5.."}[5m]))',
      expect: 'GET alone: the search index or a replica. POST and PUT: the primary database.',
    },
    {
      do: 'See the sessions of the database.',
      command:
        'psql "$REGISTRY_DATABASE" --command "select state, wait_event_type, count(*) from pg_stat_activity group by 1, 2 order by 3 desc"',
      expect: 'Few sessions wait for a lock; the sum is below max_connections.',
    },
  ],
  decisions: [
    {
      id: 'database',
      do: 'Does the primary database answer, and take writes?',
      command: 'psql "$REGISTRY_DATABASE" --command "select pg_is_in_recovery()"',
      expect: 'f',
      next: [
        {
          when: 'it does not answer',
          do: 'Fail over to the replica, as the runbook of the database team says, and call them at once.',
        },
        {
          when: 't: the address leads to a replica',
          do: 'A failover happened without the address following: point it at the primary.',
        },
        { when: 'f', step: 'sessions' },
      ],
    },
    {
      id: 'sessions',
      do: 'Are sessions used up or blocked?',
      command:
        'psql "$REGISTRY_DATABASE" --command "select pid, now() - xact_start as age, left(query, 80) from pg_stat_activity where state <> \'idle\' order by 2 desc nulls last limit 10"',
      next: [
        {
          when: 'one old transaction blocks the others',
          do: 'End it: select pg_terminate_backend(pid).',
        },
        {
          when: 'all sessions are taken',
          do: 'Restart the pooler, then find out who holds them: a release that forgot to give them back?',
        },
        {
          when: 'neither',
          do: 'Roll back the registry: kubectl --namespace api-platform rollout undo deployment/registry.',
        },
      ],
    },
  ],
  verification: [
    {
      do: 'The share of failed requests in the last five minutes is below the budget.',
      promql:
        'sum(rate(http_server_request_duration_seconds_count{job="registry",http_response_status_code=~"5.."}[5m])) / sum(rate(http_server_request_duration_seconds_count{job="registry"}[5m]))',
      expect: 'Below 0.001.',
    },
    {
      do: 'Publish the test API and retire it again.',
      check: publish,
      expect: 'The gateway follows within a minute.',
    },
  ],
  rollBack: [
    { do: 'Fail back to the first database only in working hours, and with the database team.' },
  ],
  escalation: [
    { to: apiPlatform },
    { to: 'the database team', after: '10m' },
    { to: 'the duty manager', after: '30m' },
  ],
  owner: apiPlatform,
  reviewed: '2026-11-22',
});

export const lifecycleStuck = defineRunbook({
  name: 'registry-lifecycle',
  title: 'Published, deprecated or retired APIs do not reach the gateway',
  alerts: [{ slo: lifecyclePropagation }],
  symptoms: [
    'An API was published and the gateway answers 404, or it was retired and still answers.',
  ],
  firstFiveMinutes: [
    {
      do: 'See whether the gateway is behind.',
      command:
        'kafka-consumer-groups.sh --bootstrap-server "$BROKERS" --describe --group gateway-lifecycle',
      expect: 'A lag of a few records at most, on every partition.',
    },
  ],
  decisions: [
    {
      id: 'lag',
      do: 'Is there lag?',
      next: [
        {
          when: 'on all partitions',
          do: 'The gateway does not read: restart one of its instances and watch the lag.',
        },
        {
          when: 'on one partition, and it grows',
          do: 'One record cannot be applied. Read it from its offset, write it down, skip it, and open a ticket.',
        },
        { when: 'none', step: 'outbox' },
      ],
    },
    {
      id: 'outbox',
      do: 'Does the registry write its changes?',
      command:
        'psql "$REGISTRY_DATABASE" --command "select count(*), min(created_at) from outbox where sent_at is null"',
      expect: 'Nothing, or rows of the last seconds.',
      next: [
        {
          when: 'old rows wait',
          do: 'The sender of the outbox stands still: restart it. It sends in order and never twice.',
        },
        {
          when: 'no rows',
          do: 'Nothing was changed, or the change failed: follow the request of whoever changed it.',
        },
      ],
    },
  ],
  verification: [
    {
      do: 'Publish the test API and retire it again.',
      check: publish,
      expect: 'The gateway follows within a minute, both times.',
    },
  ],
  rollBack: [{ do: 'Send a skipped record again once it can be applied.' }],
  escalation: [{ to: apiPlatform }, { to: 'the Kafka team', after: '15m' }],
  owner: apiPlatform,
  reviewed: '2026-11-22',
});
