// Heartbeats over HTTP: a job reports that it began, succeeded or failed, and everybody sees when it did so last.
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { JOB_STATES, type JobRecord, type JobReports } from '../job-reports.ts';
import { Heartbeat } from './contract.ts';
import { HttpProblem } from './problem.ts';
import { answers } from './responses.ts';

export interface HeartbeatDoor extends JobReports {
  /** Ids of the checks whose jobs report, sorted. */
  checks(): readonly string[];
}

const LARGEST_BODY = 4096;
/** Longer than a year is no duration of a job. */
const LONGEST_JOB_SECONDS = 366 * 86_400;
const LONGEST_NAME = 63;

const Report = z
  .strictObject({
    state: z.enum(JOB_STATES).default('ok'),
    durationSeconds: z.number().min(0).max(LONGEST_JOB_SECONDS).optional(),
  })
  .nullish();

const Params = z.strictObject({
  service: z.string().max(LONGEST_NAME),
  check: z.string().max(LONGEST_NAME),
});

export const heartbeatRoutes: FastifyPluginAsyncZod<{
  readonly heartbeats?: HeartbeatDoor | undefined;
  readonly requestsPerMinute: number;
}> = async (app, { heartbeats, requestsPerMinute }) => {
  app.post(
    '/heartbeats/:service/:check',
    {
      bodyLimit: LARGEST_BODY,
      config: {
        access: 'ingest',
        rateLimit: { max: requestsPerMinute, timeWindow: '1 minute' },
      },
      schema: {
        summary: 'A job reports that it began, succeeded or failed; no body is a success',
        tags: ['Telemetry in'],
        params: Params,
        body: Report,
        response: answers(Heartbeat),
      },
    },
    async ({ params, body }) => {
      const id = `${params.service}/${params.check}`;
      const known = heartbeats?.checks() ?? [];
      if (heartbeats === undefined || !known.includes(id))
        throw new HttpProblem(
          'not-found',
          `No check ${id} awaits reports of a job; known: ${known.slice(0, 10).join(', ') || 'none'}.`,
        );
      const { state = 'ok', durationSeconds } = body ?? {};
      const report = { state, ...(durationSeconds === undefined ? {} : { durationSeconds }) };
      return present(id, await heartbeats.report(id, report));
    },
  );

  app.get(
    '/heartbeats',
    {
      schema: {
        summary: 'When jobs reported last',
        tags: ['Sources'],
        querystring: z.strictObject({}),
        response: answers(z.object({ items: z.array(Heartbeat) })),
      },
    },
    async () => {
      const ids = heartbeats?.checks() ?? [];
      if (heartbeats === undefined) return { items: [] };
      const items = ids.map(async (id) => present(id, await heartbeats.last(id)));
      return { items: await Promise.all(items) };
    },
  );
};

function present(check: string, record: JobRecord): Heartbeat {
  const at = (ms: number | undefined): number | null =>
    ms === undefined ? null : Math.floor(ms / 1000);
  return {
    check,
    awaitedSince: Math.floor(record.sinceMs / 1000),
    startedAt: at(record.startedAtMs),
    okAt: at(record.okAtMs),
    failedAt: at(record.failedAtMs),
    durationSeconds: record.durationSeconds ?? null,
  };
}
