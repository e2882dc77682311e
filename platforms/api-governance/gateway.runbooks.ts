// What to do when the gateway fails its promises: calls that fail, calls that are late, one subscriber alone.
import { defineRunbook } from 'ninefold';
import { called } from './gateway.checks.ts';
import { availability, latency, logAvailability, subscriptionQuality } from './gateway.slo.ts';
import { apiPlatform } from './teams.alerts.ts';

const ESCALATION = [
  { to: apiPlatform },
  { to: 'the duty manager, who decides whether customers are told', after: '15m' },
  { to: 'the head of the API platform', after: '45m' },
] as const;

/** Both SLOs see the same calls: the counters of the gateway, and the access log that outlives a crash. */
export const gatewayErrors = defineRunbook({
  name: 'gateway-errors',
  title: 'The gateway answers calls with 5xx',
  alerts: [{ slo: availability }, { slo: logAvailability }],
  symptoms: [
    'Subscribers get 500, 502, 503 or 504 from APIs that worked before.',
    'The access log shows failures that the counters do not: a gateway crashed before it counted them.',
  ],
  firstFiveMinutes: [
    {
      do: 'Acknowledge the page, and open a channel for the incident.',
      expect: 'One person leads, one works, one tells others.',
    },
    {
      do: 'See which code it is: 502 and 504 come from behind the gateway, 500 from the gateway itself, 503 from both.',
      promql:
        'sum by (http_response_status_code)(rate(http_server_request_duration_seconds_count{job="gateway",http_response_status_code=~"5.."}[5m]))',
      expect: 'One code far above the others.',
    },
    {
      do: 'See which APIs fail.',
      promql:
        'topk(10, sum by (http_route)(rate(http_server_request_duration_seconds_count{job="gateway",http_response_status_code=~"5.."}[5m])))',
      expect: 'One route, or all of them.',
    },
    {
      do: 'See what was rolled out last.',
      command: 'kubectl --namespace api-platform rollout history deployment/gateway',
      expect: 'No revision within the last hour.',
    },
  ],
  decisions: [
    {
      id: 'routes',
      do: 'Does one API fail, or all?',
      next: [
        { when: 'one API', step: 'upstream' },
        { when: 'all APIs', step: 'release' },
      ],
    },
    {
      id: 'upstream',
      do: 'Does its upstream answer when it is called without the gateway?',
      command:
        'kubectl --namespace api-platform exec deploy/gateway -- curl --silent --output /dev/null --write-out "%{http_code}" --max-time 5 "$UPSTREAM/health"',
      expect: '200',
      next: [
        {
          when: 'it does not answer',
          do: 'The upstream is down: page its owner, who stands in the registry, and let the gateway answer 503 at once instead of waiting.',
        },
        {
          when: 'it answers',
          do: 'The way to it is broken: compare route, host name and certificate of the API in the registry with what the upstream serves.',
        },
      ],
    },
    {
      id: 'release',
      do: 'Was the gateway or its configuration rolled out shortly before it began?',
      command: 'kubectl --namespace api-platform get events --sort-by=.lastTimestamp | tail -20',
      next: [
        {
          when: 'yes',
          do: 'Roll back now: kubectl --namespace api-platform rollout undo deployment/gateway.',
        },
        { when: 'no', step: 'identity' },
      ],
    },
    {
      id: 'identity',
      do: 'Can the gateway check tokens and quotas? Without the registry and Redis it can neither.',
      command: 'npx ninefold status',
      expect: 'registry/availability is not burning.',
      next: [
        {
          when: 'the registry burns, too',
          do: 'Follow its runbook; the gateway keeps the last known APIs for an hour meanwhile.',
        },
        {
          when: 'the registry is well',
          do: 'Look at memory, connections and file handles of the gateway; scale out by half and watch the codes.',
        },
      ],
    },
  ],
  verification: [
    {
      do: 'The share of failed calls in the last five minutes is below the budget.',
      promql:
        'sum(rate(http_server_request_duration_seconds_count{job="gateway",http_route!~"/health.*|/metrics",http_response_status_code=~"5.."}[5m])) / sum(rate(http_server_request_duration_seconds_count{job="gateway",http_route!~"/health.*|/metrics"}[5m]))',
      expect: 'Below 0.0005.',
    },
    {
      do: 'Call one API from outside, with a real subscription.',
      check: called,
      expect: '200, and a line in the access log.',
    },
  ],
  rollBack: [
    {
      do: 'Take back a roll-back only with the cause at hand.',
      command: 'kubectl --namespace api-platform rollout history deployment/gateway',
      expect: 'The revision that you want, by number.',
    },
  ],
  escalation: ESCALATION,
  logs: '{app="gateway", stream="access"} | json | __error__="" | status >= 500',
  owner: apiPlatform,
  reviewed: '2026-11-22',
});

export const gatewayLatency = defineRunbook({
  name: 'gateway-latency',
  title: 'The gateway answers late',
  alerts: [{ slo: latency }],
  symptoms: ['Calls take longer than 250 ms in the gateway or behind it. Streams are not counted.'],
  firstFiveMinutes: [
    {
      do: 'See which routes are slow, at the 99th percentile.',
      promql:
        'topk(10, histogram_quantile(0.99, sum by (le, http_route)(rate(http_server_request_duration_seconds_bucket{job="gateway"}[5m]))))',
      expect: 'Every route below 0.25 s.',
    },
    {
      do: 'See whether it is the gateway or what it calls: the time that upstreams take.',
      promql:
        'topk(10, histogram_quantile(0.99, sum by (le, server_address)(rate(http_client_request_duration_seconds_bucket{job="gateway"}[5m]))))',
      expect:
        'An upstream as slow as the route: it is the upstream. All are fast: it is the gateway.',
    },
  ],
  decisions: [
    {
      id: 'whose',
      do: 'Is the upstream slow, or the gateway?',
      next: [
        {
          when: 'one upstream',
          do: 'Page its owner. Lower its time-out in the gateway, so that it does not hold connections of others.',
        },
        { when: 'the gateway itself', step: 'saturation' },
      ],
    },
    {
      id: 'saturation',
      do: 'Is the gateway at a limit?',
      promql: 'sum by (instance)(http_server_active_requests{job="gateway"})',
      expect: 'Requests under way, about as many on each instance.',
      next: [
        { when: 'one instance has many more than the others', do: 'Drain it.' },
        {
          when: 'all have more than usual',
          do: 'Scale out by half. When one subscription causes it, lower its quota and tell its owner.',
        },
        {
          when: 'none',
          do: 'Look at garbage collection, at DNS and at the checks of tokens: a trace of a slow call says which.',
        },
      ],
    },
  ],
  verification: [
    {
      do: 'The share of late answers in the last five minutes is below the budget.',
      promql:
        '1 - sum(rate(http_server_request_duration_seconds_bucket{job="gateway",http_route!~".*/stream",le="0.25"}[5m])) / sum(rate(http_server_request_duration_seconds_count{job="gateway",http_route!~".*/stream"}[5m]))',
      expect: 'Below 0.01.',
    },
  ],
  rollBack: [
    { do: 'Give back quotas and time-outs once the burn rate has been below 1 for an hour.' },
  ],
  escalation: ESCALATION,
  owner: apiPlatform,
  reviewed: '2026-11-22',
});

export const oneSubscription = defineRunbook({
  name: 'gateway-subscription',
  title: 'One subscription is served badly',
  alerts: [{ slo: subscriptionQuality }],
  symptoms: [
    'The labels api and subscription of the alert say who. The gateway as a whole may be well.',
    'Its calls fail with 5xx, or take longer than a second.',
  ],
  firstFiveMinutes: [
    {
      do: 'See how many subscriptions burn: one, all of one API, or all.',
      command: 'npx ninefold explain gateway/subscription-quality',
      expect: 'The groups that burn, each with its counts.',
    },
    {
      do: 'Read its latest calls.',
      logql:
        '{app="gateway", stream="access"} | json | __error__="" | subscription="$SUBSCRIPTION" | status >= 500',
      expect: 'The same route or the same upstream in most of them.',
    },
  ],
  decisions: [
    {
      id: 'who',
      do: 'Who burns?',
      next: [
        { when: 'one subscription', step: 'what' },
        {
          when: 'all subscriptions of one API',
          do: 'It is the API: page its owner, who stands in the registry.',
        },
        {
          when: 'subscriptions of many APIs',
          do: 'It is the gateway: follow “The gateway answers calls with 5xx”.',
        },
      ],
    },
    {
      id: 'what',
      do: 'What does it do differently from others?',
      next: [
        {
          when: 'much larger requests or results',
          do: 'Tell its owner, and offer pages or filters; raise the time-out of the route until then.',
        },
        {
          when: 'far more calls than agreed',
          do: 'Its quota is wrong or not enforced: see the quota in the registry.',
        },
        {
          when: 'nothing',
          do: 'Follow one of its calls by its trace to where the time goes or the failure begins.',
        },
      ],
    },
  ],
  verification: [
    {
      do: 'The group no longer burns.',
      command: 'npx ninefold explain gateway/subscription-quality',
      expect: 'Its short windows are below their burn rates.',
    },
  ],
  rollBack: [
    { do: 'Take back time-outs and quotas that were changed for it, and tell its owner.' },
  ],
  escalation: [{ to: apiPlatform }, { to: 'the account manager of the subscription', after: '1h' }],
  owner: apiPlatform,
  reviewed: '2026-11-22',
});
