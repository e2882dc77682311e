// What to do when Clipper fails: its API, its front end, and the order in which it is restored after the worst.
import { defineRunbook } from 'ninefold';
import { clip, home } from './clipper.checks.ts';
import { availability, health, latency } from './api.slo.ts';
import { availability as pages, reachability } from './frontend.slo.ts';
import { clipper } from './teams.alerts.ts';

export const apiErrors = defineRunbook({
  name: 'clipper-api-errors',
  title: 'Clipper’s API fails or does not answer',
  alerts: [{ slo: availability }, { slo: health }],
  symptoms: [
    'Saving and finding clips fails.',
    'The health check from outside fails: nobody reaches the API at all.',
  ],
  firstFiveMinutes: [
    {
      do: 'See how many pods are ready. There are to be three at least.',
      command: 'kubectl --namespace clipper get pods --selector app=clipper-api --output wide',
      expect: 'Three pods, Running and ready, with few restarts.',
    },
    {
      do: 'See which routes fail.',
      promql:
        'topk(10, sum by (http_route, http_response_status_code)(rate(http_server_request_duration_seconds_count{job="clipper-api",http_response_status_code=~"5.."}[5m])))',
      expect: 'One route: its dependency. All: pods, database or ingress.',
    },
  ],
  decisions: [
    {
      id: 'pods',
      do: 'Are the pods ready?',
      next: [
        {
          when: 'they restart',
          do: 'Read why: kubectl --namespace clipper logs --previous deploy/clipper-api. After a release, roll it back.',
        },
        {
          when: 'they are ready, and the check from outside fails',
          do: 'The way in is broken: ingress, DNS, certificate.',
        },
        { when: 'they are ready and answer with errors', step: 'dependencies' },
      ],
    },
    {
      id: 'dependencies',
      do: 'Which of its stores fails?',
      next: [
        { when: 'PostgreSQL', step: 'database' },
        {
          when: 'OpenSearch: only searches fail',
          do: 'Switch search to the database (the flag search.fallback), then bring the cluster back.',
        },
        {
          when: 'Redis: everything is slow',
          do: 'Restart it: it holds nothing that cannot be made again.',
        },
        {
          when: 'none of them',
          do: 'Roll back: kubectl --namespace clipper rollout undo deployment/clipper-api.',
        },
      ],
    },
    {
      id: 'database',
      do: 'Is the database there, and whole?',
      command:
        'kubectl --namespace clipper exec statefulset/postgres -- psql --username clipper --command "select count(*) from clips"',
      expect: 'About as many clips as yesterday.',
      next: [
        {
          when: 'it does not answer',
          do: 'Restart its pod once. When it does not come back in five minutes, restore it.',
        },
        {
          when: 'clips are gone',
          do: 'Stop writes (scale the API to 0). Then, in this order: restore the database, rebuild the search index from it, make the embeddings again, verify, and only then let traffic in.',
        },
        { when: 'it answers', do: 'Look for locks and for sessions that are used up.' },
      ],
    },
  ],
  verification: [
    {
      do: 'The share of failed requests in the last five minutes is below the budget.',
      promql:
        'sum(rate(http_server_request_duration_seconds_count{job="clipper-api",http_response_status_code=~"5.."}[5m])) / sum(rate(http_server_request_duration_seconds_count{job="clipper-api"}[5m]))',
      expect: 'Below 0.001.',
    },
    {
      do: 'Save a clip, find it, and delete it.',
      check: clip,
      expect: 'All three within a few seconds.',
    },
  ],
  rollBack: [
    {
      do: 'Switch search.fallback off again once the index has as many documents as the database has clips.',
    },
  ],
  escalation: [
    { to: clipper },
    { to: 'the second engineer of Clipper, by telephone', after: '15m' },
  ],
  owner: clipper,
  reviewed: '2026-11-22',
});

export const apiLatency = defineRunbook({
  name: 'clipper-api-latency',
  title: 'Clipper’s API answers late',
  alerts: [{ slo: latency }],
  symptoms: ['Lists and searches take longer than half a second.'],
  firstFiveMinutes: [
    {
      do: 'See which routes are slow.',
      promql:
        'topk(5, histogram_quantile(0.99, sum by (le, http_route)(rate(http_server_request_duration_seconds_bucket{job="clipper-api"}[5m]))))',
      expect: 'Every route below 0.5 s.',
    },
    {
      do: 'See whether goroutines pile up.',
      promql: 'max by (instance)(go_goroutines{job="clipper-api"})',
      expect: 'Some hundreds, and flat.',
    },
  ],
  decisions: [
    {
      id: 'route',
      do: 'Which routes are slow?',
      next: [
        {
          when: 'search',
          do: 'See the search cluster: heap, rejected requests, a shard that moves.',
        },
        {
          when: 'all that touch the database',
          do: 'See its longest transactions and its cache hits; a missing index shows after a release.',
        },
        {
          when: 'all, and goroutines pile up',
          do: 'Something blocks: keep a goroutine profile, then restart the pods one by one.',
        },
      ],
    },
  ],
  verification: [
    {
      do: 'The 99th percentile is below the bound again.',
      promql:
        'histogram_quantile(0.99, sum by (le)(rate(http_server_request_duration_seconds_bucket{job="clipper-api"}[5m])))',
      expect: 'Below 0.5.',
    },
  ],
  owner: clipper,
  reviewed: '2026-11-22',
});

export const frontendErrors = defineRunbook({
  name: 'clipper-frontend-errors',
  title: 'Clipper’s pages do not come',
  alerts: [{ slo: pages }, { slo: reachability }],
  symptoms: [
    'The home page or its assets fail. When the API is down too, follow its runbook first: nginx fails with it.',
  ],
  firstFiveMinutes: [
    {
      do: 'See what nginx answers.',
      logql: '{app="frontend"} | json | __error__="" | status >= 500',
      expect:
        '502 and 504: the API behind it. 404 of assets: a release whose files are not everywhere yet. 500: its configuration.',
    },
    {
      do: 'Ask for the page and the assets that it names.',
      command:
        'curl --silent --fail --location "$CLIPPER" | grep --only-matching "/assets/[^\\"]*" | head -5',
      expect: 'Names of assets, and each of them answers 200.',
    },
  ],
  decisions: [
    {
      id: 'code',
      do: 'What is answered?',
      next: [
        { when: '502 or 504', do: 'Follow the runbook of the API.' },
        {
          when: '404 of assets',
          do: 'Old pages ask for assets that are gone: put the previous assets back beside the new ones.',
        },
        {
          when: 'nothing, or a certificate error',
          do: 'DNS, certificate or ingress: try from another network.',
        },
      ],
    },
  ],
  verification: [
    {
      do: 'The page comes with its assets, seen from outside.',
      promql: 'max(probe_success{probe="frontend"})',
      expect: '1 for ten minutes.',
    },
    { do: 'So it does from where you are.', check: home, expect: 'Page and script, both fast.' },
  ],
  owner: clipper,
  reviewed: '2026-11-22',
});
