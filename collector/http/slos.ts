// SLOs over HTTP: the list, one SLO, its groups, its history.
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { toNumber } from '../../slo/decimal.ts';
import type { Slo } from '../../slo/slo.ts';
import type { CollectorView, InstanceView } from '../view.ts';
import * as contract from './contract.ts';
import { page } from './cursor.ts';
import { isFiring, presentBudget, presentDetail, presentSlo, worstOf } from './presentation.ts';
import { HttpProblem } from './problem.ts';
import * as queries from './queries.ts';
import { answers } from './responses.ts';
import { witnessesOf } from './witnesses.ts';
import { invalidParameter, parseMoment, parseStep, roundStep } from './time.ts';

const DEFAULT_POINTS = 300;

export const sloRoutes: FastifyPluginAsyncZod<{ readonly view: CollectorView }> = async (
  app,
  { view },
) => {
  app.get(
    '/slos',
    {
      schema: {
        summary: 'SLOs with their status',
        tags: ['SLOs'],
        querystring: queries.SloQuery,
        response: answers(contract.pageOf(contract.SloSummary)),
      },
    },
    async ({ query }) => {
      const instances = Map.groupBy(view.instances(), ({ slo }) => slo);
      const slos = view
        .slos()
        .filter(
          ({ id, service }) => (query.slo ?? id) === id && matches(query.service, service.name),
        )
        .filter(({ id }) => fits(instances.get(id) ?? [], query))
        .sort((a, b) => (a.id < b.id ? -1 : 1));
      const { items, nextCursor } = page(slos, ({ id }) => id, query);
      const witnesses = witnessesOf(view.slos(), (id) => instances.get(id) ?? []);
      return {
        items: items.map((slo) =>
          presentSlo(slo, instances.get(slo.id) ?? [], witnesses.get(slo.id)),
        ),
        nextCursor,
      };
    },
  );

  app.get(
    '/slos/:service/:name',
    {
      schema: {
        summary: 'One SLO: definition, budget, conditions, forecast, alerts',
        tags: ['SLOs'],
        params: queries.SloPath,
        response: answers(contract.SloDetail),
      },
    },
    async ({ params }) => {
      const slo = find(view, params);
      const related = view
        .slos()
        .filter(({ id, witnessOf }) => id === slo.id || witnessOf === slo.id);
      const instances = Map.groupBy(
        view.instances().filter((each) => related.some(({ id }) => id === each.slo)),
        (each) => each.slo,
      );
      const witnesses = witnessesOf(related, (id) => instances.get(id) ?? []);
      return presentDetail(slo, instancesOf(view, slo), witnesses.get(slo.id));
    },
  );

  app.get(
    '/slos/:service/:name/groups',
    {
      schema: {
        summary: 'The budgets of one SLO, one for each group',
        tags: ['SLOs'],
        params: queries.SloPath,
        querystring: queries.GroupQuery,
        response: answers(contract.pageOf(contract.Budget)),
      },
    },
    async ({ params, query }) => {
      const wanted = instancesOf(view, find(view, params)).filter(
        (each) =>
          matches(query.instance, each.instance) &&
          matches(query.measurement, each.measurement) &&
          matches(query.firing, String(isFiring(each))),
      );
      const { items, nextCursor } = page(wanted, ({ instance }) => instance, query);
      return { items: items.map(presentBudget), nextCursor };
    },
  );

  app.get(
    '/slos/:service/:name/history',
    {
      schema: {
        summary: 'Counts per step of one budget, for charts',
        tags: ['SLOs'],
        params: queries.SloPath,
        querystring: queries.HistoryQuery,
        response: answers(contract.History),
      },
    },
    async ({ params, query }) => {
      const slo = find(view, params);
      const instance = pickInstance(slo, instancesOf(view, slo), query.instance);
      const span = spanOf(instance, query);
      const points = await view.history(instance.instance, span.from, span.to, span.stepSeconds);
      const budget = toNumber(slo.objective.budget);
      return {
        instance: instance.instance,
        ...span,
        points: points.map(({ at, total, bad }) => ({
          at,
          total,
          bad,
          sli: total > 0 ? 1 - bad / total : null,
          burnRate: total > 0 ? bad / total / budget : null,
        })),
      };
    },
  );
};

function matches(wanted: string | undefined, actual: string): boolean {
  return wanted === undefined || wanted === actual;
}

function fits(
  instances: readonly InstanceView[],
  query: { readonly measurement?: string | undefined; readonly firing?: string | undefined },
): boolean {
  return (
    matches(query.measurement, worstOf(instances)?.measurement ?? 'waiting') &&
    matches(query.firing, String(instances.some(isFiring)))
  );
}

function find(view: CollectorView, path: { service: string; name: string }): Slo {
  const id = `${path.service}/${path.name}`;
  const slo = view.slos().find((each) => each.id === id);
  if (slo === undefined)
    throw new HttpProblem('not-found', `There is no SLO ${id}; GET /api/v1/slos lists them.`);
  return slo;
}

function instancesOf(view: CollectorView, slo: Slo): readonly InstanceView[] {
  return view.instances().filter((each) => each.slo === slo.id);
}

function pickInstance(
  slo: Slo,
  instances: readonly InstanceView[],
  wanted: string | undefined,
): InstanceView {
  const id = wanted ?? slo.id;
  const instance = instances.find((each) => each.instance === id);
  if (instance !== undefined) return instance;
  if (wanted === undefined && slo.groupBy !== undefined)
    throw invalidParameter('instance', `${slo.id} is grouped: name one of its groups`);
  throw new HttpProblem('not-found', `${slo.id} has no budget ${id}.`);
}

/** The stretch of time to show, cut to whole steps so that repeated requests give the same points. */
function spanOf(
  instance: InstanceView,
  query: {
    readonly from?: string | undefined;
    readonly to?: string | undefined;
    readonly step?: string | undefined;
  },
): { readonly from: number; readonly to: number; readonly stepSeconds: number } {
  const { start, end } = instance.window;
  const to = query.to === undefined ? end : parseMoment('to', query.to);
  const length = Math.max(end - start, 1);
  const from =
    query.from === undefined ? Math.max(0, to - length) : parseMoment('from', query.from);
  if (from >= to) throw invalidParameter('from', `${from} is not before the end, ${to}`);
  const stepSeconds =
    query.step === undefined ? roundStep(to - from, DEFAULT_POINTS) : parseStep(query.step);
  const first = from - (from % stepSeconds);
  if (Math.ceil((to - first) / stepSeconds) > queries.MAX_POINTS)
    throw invalidParameter(
      'step',
      `${stepSeconds} s give more than ${queries.MAX_POINTS} points between from and to; take a longer step`,
    );
  return { from: first, to, stepSeconds };
}
