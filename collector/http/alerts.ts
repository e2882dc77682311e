// Alerts over HTTP: those that are pending or firing now, and what changed when and why.
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import type { AlertEvent } from '../stores/store.ts';
import type { CollectorView } from '../view.ts';
import * as contract from './contract.ts';
import { decodeCursor, encodeCursor, page } from './cursor.ts';
import { alertKey, presentAlerts, presentChange } from './presentation.ts';
import * as queries from './queries.ts';
import { answers } from './responses.ts';
import { parseMoment } from './time.ts';

/** A place in the history, newest first: the second of the last event shown, and how many of that second were shown. */
interface Place {
  readonly at: number;
  readonly shown: number;
}

export const alertRoutes: FastifyPluginAsyncZod<{ readonly view: CollectorView }> = async (
  app,
  { view },
) => {
  app.get(
    '/alerts',
    {
      schema: {
        summary: 'Alerts that are pending or firing, with their reasons',
        tags: ['Alerts'],
        querystring: queries.AlertQuery,
        response: answers(contract.pageOf(contract.Alert)),
      },
    },
    async ({ query }) => {
      const wanted = presentAlerts(view).filter(
        (alert) =>
          (query.service ?? alert.service) === alert.service &&
          (query.slo ?? alert.slo) === alert.slo &&
          (query.severity ?? alert.severity) === alert.severity &&
          (query.phase ?? alert.phase) === alert.phase,
      );
      const sorted = wanted.sort((a, b) => (alertKey(a) < alertKey(b) ? -1 : 1));
      return page(sorted, alertKey, query);
    },
  );

  app.get(
    '/alerts/history',
    {
      schema: {
        summary: 'Changes of alerts, newest first, with the counts that caused them',
        tags: ['Alerts'],
        querystring: queries.AlertHistoryQuery,
        response: answers(contract.pageOf(contract.AlertChange)),
      },
    },
    async ({ query }) => {
      const place = query.cursor === undefined ? undefined : decodeCursor(query.cursor, isPlace);
      const skipped = place?.shown ?? 0;
      const to = place === undefined ? query.to && parseMoment('to', query.to) : place.at + 1;
      const events = await view.alertEvents({
        ...(query.instance === undefined ? {} : { instance: query.instance }),
        ...(query.from === undefined ? {} : { from: parseMoment('from', query.from) }),
        ...(typeof to === 'number' ? { to } : {}),
        limit: query.limit + skipped + 1,
      });
      const rest = events.slice(skipped);
      const items = rest.slice(0, query.limit);
      const nextCursor = rest.length > items.length ? encodeCursor(placeAfter(items, place)) : null;
      return { items: items.map(presentChange), nextCursor };
    },
  );
};

function placeAfter(items: readonly AlertEvent[], before: Place | undefined): Place {
  const at = items.at(-1)?.at ?? 0;
  const here = items.filter((event) => event.at === at).length;
  return { at, shown: here + (before?.at === at ? before.shown : 0) };
}

function isPlace(value: unknown): value is Place {
  if (typeof value !== 'object' || value === null) return false;
  const { at, shown } = value as Partial<Place>;
  return isCount(at) && isCount(shown) && shown <= 100_000;
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}
