import { expect, it } from 'vitest';
import { compareConfigurations } from '../../../alerts/alertmanager/difference.ts';
import type { TimedAlert } from '../../../alerts/alertmanager/alert-list.ts';
import { startAlertmanager } from '../../services/alertmanager.ts';
import { describeWithService } from '../../services/services.ts';
import { startWebhookSink } from '../../services/webhook-sink.ts';
import { eventOfPost, postAlerts } from './captured-events.ts';
import { configuration, fileOf } from './written-configuration.ts';

describeWithService(
  ['alertmanager', 'alertmanager-0.25'],
  'a configuration that is reloaded',
  () => {
    it.concurrent.each(['0.34', '0.25'] as const)(
      'leaves the incident open at the pager of %s that the difference names',
      async (version) => {
        const sink = await startWebhookSink();
        try {
          const withMatcher = (matcher: string) =>
            configuration({
              route: {
                receiver: 'pager',
                groupBy: ['slo'],
                groupWaitMs: 100,
                groupIntervalMs: 500,
                routes: [{ matchers: [matcher] }],
              },
              receivers: {
                pager: [
                  [
                    'pagerduty',
                    { url: `${sink.url}/pager/pagerduty`, routing_key: 'a'.repeat(32) },
                  ],
                ],
              },
            });
          const [before, after] = [withMatcher('severity="page"'), withMatcher('severity=~"page"')];
          const alert: TimedAlert = {
            labels: { alertname: 'A', severity: 'page', slo: 'checkout' },
            annotations: {},
            startsAtMs: Date.now(),
            endsAtMs: undefined,
          };
          const { orphans } = compareConfigurations(before, after, {
            target: version,
            alerts: [alert],
          });
          expect(orphans).toHaveLength(1);
          const [orphan] = orphans;

          const server = await startAlertmanager({ version, config: fileOf(before) });
          await postAlerts(server.url, [alert]);
          await sink.waitFor(({ body }) => keyOf(body) === orphan?.dedupKey);
          await server.reload(fileOf(after));
          await sink.waitFor(({ body }) => keyOf(body) !== orphan?.dedupKey);
          await postAlerts(server.url, [{ ...alert, endsAtMs: Date.now() }]);
          await sink.waitFor(({ text }) => text.includes('"resolve"'));
          await server.stop();

          const events = sink.posts().map((post) => eventOfPost('', post));
          expect(events.map((event) => [event?.status, event?.dedupKey])).toEqual([
            ['firing', orphan?.dedupKey],
            ['firing', orphan?.newDedupKeys[0]],
            ['resolved', orphan?.newDedupKeys[0]],
          ]);
        } finally {
          await sink.stop();
        }
      },
    );
  },
);

const keyOf = (body: unknown): unknown => (body as { dedup_key?: string }).dedup_key;
