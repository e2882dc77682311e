import fc from 'fast-check';
import { expect, it } from 'vitest';
import { replayNotifications } from '../../../alerts/alertmanager/notifications.ts';
import type { TimedAlert } from '../../../alerts/alertmanager/alert-list.ts';
import { startAlertmanager } from '../../services/alertmanager.ts';
import type { AlertmanagerVersion } from '../../services/alertmanager.ts';
import { describeWithService } from '../../services/services.ts';
import type { ServiceName } from '../../services/service-names.ts';
import { startWebhookSink } from '../../services/webhook-sink.ts';
import type { WebhookSink } from '../../services/webhook-sink.ts';
import { eventOf, eventOfPost, postAlerts } from './captured-events.ts';
import type { SentEvent } from './captured-events.ts';
import { randomLabels, randomTree } from './random-trees.ts';
import { configuration, fileOf } from './written-configuration.ts';
import type { ShortRoute } from './written-configuration.ts';

const versions: readonly [AlertmanagerVersion, ServiceName][] = [
  ['0.34', 'alertmanager'],
  ['0.25', 'alertmanager-0.25'],
];

const TREES = 20;
const LABEL_SETS = 25;
/** Servers that run at the same time; they mostly wait. */
const AT_ONCE = 5;

const cases = fc.sample(
  fc.tuple(
    randomTree({ inherits: false }),
    fc.array(randomLabels, { minLength: LABEL_SETS, maxLength: LABEL_SETS }),
  ),
  { numRuns: TREES, seed: 77 },
);

describeWithService(['alertmanager', 'alertmanager-0.25'], 'what random trees send', () => {
  it.each(versions)(
    `by %s is what the simulator says, ${TREES} trees × ${LABEL_SETS} alerts`,
    async (version) => {
      const sink = await startWebhookSink();
      try {
        const waiting = [...cases.entries()];
        const work = async (): Promise<void> => {
          for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
            const { sent, expected } = await runTree(version, sink, ...next);
            expect({ tree: next[0], sent }).toEqual({ tree: next[0], sent: expected });
          }
        };
        await Promise.all(Array.from({ length: AT_ONCE }, work));
      } finally {
        await sink.stop();
      }
    },
    90_000,
  );
});

/** What a real Alertmanager with a tree sent for alerts, and what the simulator says. */
async function runTree(
  version: AlertmanagerVersion,
  sink: WebhookSink,
  index: number,
  [tree, labelSets]: [ShortRoute, Record<string, string>[]],
): Promise<{ sent: SentEvent[]; expected: SentEvent[] }> {
  const folder = `/${version}/tree-${index}`;
  const names = receiverNames(tree);
  const resolved = configuration({
    route: { ...tree, groupWaitMs: 1000, groupIntervalMs: 3_600_000 },
    receivers: Object.fromEntries(
      names.map((name) => [name, [['webhook', { url: `${sink.url}${folder}/${name}/webhook` }]]]),
    ),
  });
  const server = await startAlertmanager({ version, config: fileOf(resolved) });
  const startsAtMs = Date.now();
  const alerts = labelSets.map((labels, number): TimedAlert => ({
    labels: { alertname: `alert-${number}`, ...labels },
    annotations: {},
    startsAtMs,
    endsAtMs: undefined,
  }));
  const expected = replayNotifications(resolved, alerts, {
    target: version,
    untilMs: startsAtMs + 1000,
  }).notifications.map((each) => eventOf(each));
  await postAlerts(server.url, alerts);
  const here = (): SentEvent[] => sink.posts().flatMap((post) => eventOfPost(folder, post) ?? []);
  await sink.waitFor(() => here().length >= expected.length);
  await server.stop();
  return { sent: here().sort(byText), expected: expected.sort(byText) };
}

const receiverNames = ({ receiver, routes = [] }: ShortRoute): string[] => [
  ...(receiver === undefined ? [] : [receiver]),
  ...routes.flatMap(receiverNames),
];

const byText = (a: unknown, b: unknown): number => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1);
