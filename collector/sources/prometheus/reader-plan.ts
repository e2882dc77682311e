// Decides which parts a source reads: a part that holds an SLO's counts keeps it for ever, new SLOs get new parts.
import { hash } from 'node:crypto';
import type { EpochSeconds } from '../../../slo/counts.ts';
import type { Slo } from '../../../slo/slo.ts';
import type { StoreError } from '../../stores/store.ts';
import type { SourceContext } from '../source.ts';
import { createCounterFeed, isCounterSlo } from './counter-feed.ts';
import { openCounterPart } from './counter-part.ts';
import { commonSelector, type CounterGroup, planCounters } from './counter-plan.ts';
import { createCounterReader, type ReaderSettings } from './counter-reader.ts';
import { createExpressionSteps } from './expression-steps.ts';
import { createGaugeSteps } from './gauge-steps.ts';
import type { PartReader } from './part-reader.ts';
import { countedTo, type HeldPart, heldParts, PULLED } from './part-slos.ts';
import type { QueryClient } from './query-client.ts';
import type { StepForm } from './step-form.ts';
import { openStepReader } from './step-reader.ts';

export interface ReaderPlan {
  readonly source: string;
  readonly client: QueryClient;
  readonly context: SourceContext;
  readonly slos: readonly Slo[];
  readonly settings: Omit<ReaderSettings, 'notBefore'>;
  /** Told of commits that failed and are tried again. */
  readonly failed: (part: string, error: StoreError) => void;
}

/** @throws PositionError, StoreError */
export async function openReaders(plan: ReaderPlan): Promise<readonly PartReader[]> {
  const held = await heldParts(plan.context.ledger);
  const counters = plan.slos.filter(isCounterSlo);
  const stepped = plan.slos.filter((slo) => !isCounterSlo(slo));
  return Promise.all([
    ...planParts(plan, counters, held).map((part) => openCounters(plan, part)),
    ...stepped.map((slo) => openSteps(plan, slo, held)),
  ]);
}

interface PlannedPart {
  readonly id: string;
  readonly group: CounterGroup;
  readonly notBefore: EpochSeconds;
}

function planParts(
  { source }: ReaderPlan,
  slos: readonly Slo[],
  held: readonly HeldPart[],
): PlannedPart[] {
  const prefix = `${PULLED}${source}/counters/`;
  const isOwn = (part: string): boolean => part.startsWith(prefix);
  const partOf = (slo: Slo): string =>
    held.find(({ part, slos }) => isOwn(part) && slos.has(slo.id))?.part ?? '';
  const planned: PlannedPart[] = [];
  for (const [id, own] of Map.groupBy(slos, partOf)) {
    if (id !== '') {
      const feeds = own.map(createCounterFeed);
      planned.push({
        id,
        group: { feeds, selector: commonSelector(feeds) },
        notBefore: -Infinity,
      });
      continue;
    }
    // What another connection has counted of an SLO stays counted: reading that time again would count it twice.
    const byStart = Map.groupBy(own, (slo) => countedTo(held, slo.id, isOwn));
    for (const [notBefore, fresh] of byStart)
      for (const group of planCounters(fresh.map(createCounterFeed))) {
        const ids = group.feeds.map(({ slo }) => slo.id);
        planned.push({ id: prefix + partName(group.selector, ids), group, notBefore });
      }
  }
  return planned;
}

async function openCounters(
  { client, context, settings, failed }: ReaderPlan,
  { id, group, notBefore }: PlannedPart,
): Promise<PartReader> {
  const part = await openCounterPart({
    id,
    group,
    client,
    context,
    failed: (error) => failed(id, error),
  });
  return createCounterReader(part, client, context, { ...settings, notBefore });
}

async function openSteps(
  { source, client, context, settings, failed }: ReaderPlan,
  slo: Slo,
  held: readonly HeldPart[],
): Promise<PartReader> {
  const id = `${PULLED}${source}/steps/${partName(slo.id, [slo.id])}`;
  return openStepReader({
    id,
    slo,
    steps: stepsOf(slo, client, context),
    context,
    settings: { ...settings, notBefore: countedTo(held, slo.id, (part) => part === id) },
    failed: (error) => failed(id, error),
  });
}

function stepsOf(slo: Slo, client: QueryClient, { ledger }: SourceContext): StepForm {
  const names = slo.groupBy?.labels ?? [];
  const options = {
    client,
    instance: (labels: Readonly<Record<string, string>>) =>
      ledger.instance(slo, Object.fromEntries(names.map((name) => [name, labels[name] ?? '']))),
  };
  const { form } = slo.sli;
  if (form.form === 'expression') return createExpressionSteps(form, options);
  if (form.form === 'gauge') return createGaugeSteps(form, options);
  throw new TypeError(`SLO ${slo.id} is not read from Prometheus`);
}

/** The start of what is read, for people, and a digest of the SLOs, for uniqueness. */
function partName(what: string, sloIds: readonly string[]): string {
  const digest = hash('sha256', [...sloIds].sort().join('\n'), 'hex').slice(0, 12);
  return `${/^[\w:/-]*/.exec(what)?.[0].slice(0, 64) ?? ''}-${digest}`;
}
