// Decides which parts a source reads: parts that hold an SLO's counts keep it for ever, new SLOs get new parts.
import { hash } from 'node:crypto';
import type { Slo } from '../../../slo/slo.ts';
import type { StoreError } from '../../stores/store.ts';
import type { SourceContext } from '../source.ts';
import { createCounterFeed, isCounterSlo } from './counter-feed.ts';
import { openCounterPart } from './counter-part.ts';
import { commonSelector, planCounters } from './counter-plan.ts';
import { createCounterReader, type ReaderSettings } from './counter-reader.ts';
import type { PartReader } from './part-reader.ts';
import { readSloIds } from './part-slos.ts';
import type { QueryClient } from './query-client.ts';

export interface ReaderPlan {
  readonly source: string;
  readonly client: QueryClient;
  readonly context: SourceContext;
  readonly slos: readonly Slo[];
  readonly settings: ReaderSettings;
  /** Told of commits that failed and are tried again. */
  readonly failed: (part: string, error: StoreError) => void;
}

/** @throws PositionError, StoreError */
export async function openReaders(plan: ReaderPlan): Promise<readonly PartReader[]> {
  const { source, slos, context } = plan;
  const prefix = `prometheus/${source}/`;
  const held = new Map<string, string>();
  for (const [part, { position }] of await context.ledger.positions(prefix))
    for (const id of readSloIds(part, position)) held.set(id, part);
  const counters = slos.filter(isCounterSlo).map(createCounterFeed);
  const byPart = Map.groupBy(
    counters.filter(({ slo }) => held.has(slo.id)),
    ({ slo }) => held.get(slo.id) ?? '',
  );
  const groups = [
    ...[...byPart].map(([id, feeds]) => ({
      id,
      group: { feeds, selector: commonSelector(feeds) },
    })),
    ...planCounters(counters.filter(({ slo }) => !held.has(slo.id))).map((group) => ({
      id:
        prefix +
        partName(
          group.selector,
          group.feeds.map(({ slo }) => slo.id),
        ),
      group,
    })),
  ];
  return Promise.all(
    groups.map(async ({ id, group }) => {
      const part = await openCounterPart({
        id,
        group,
        client: plan.client,
        context,
        failed: (error) => plan.failed(id, error),
      });
      return createCounterReader(part, context, plan.settings);
    }),
  );
}

/** The start of what is read, for people, and a digest of the SLOs, for uniqueness. */
function partName(what: string, sloIds: readonly string[]): string {
  const digest = hash('sha256', [...sloIds].sort().join('\n'), 'hex').slice(0, 12);
  return `${/^[\w:]*/.exec(what)?.[0].slice(0, 64) ?? ''}-${digest}`;
}
