// The queries that the API takes, as schemas: unknown parameters are refused, so that a misspelt filter is not overlooked.
import { z } from 'zod';
import { SEVERITIES } from '../../slo/burn-policy.ts';
import { Measurement } from './contract.ts';

/** The most items that one page of a list holds. */
const MAX_PAGE = 500;

/** The most points that one history answer holds. */
export const MAX_POINTS = 2000;

const flag = z.enum(['true', 'false']);
const text = z.string().min(1).max(300);
const moment = z
  .string()
  .max(40)
  .describe('Seconds since 1970, or RFC 3339: 2026-11-22T10:00:00Z.');
const paging = {
  limit: z.coerce.number().int().min(1).max(MAX_PAGE).default(100).describe('Items on a page.'),
  cursor: z.string().max(2000).optional().describe('nextCursor of the page before.'),
};

export const SloQuery = z.strictObject({
  service: text.optional(),
  slo: text.optional().describe('The id, service/name.'),
  measurement: Measurement.optional(),
  firing: flag.optional().describe('Whether a burn alert of the SLO fires now.'),
  ...paging,
});

export const GroupQuery = z.strictObject({
  instance: z.string().min(1).max(4000).optional(),
  measurement: Measurement.optional(),
  firing: flag.optional(),
  ...paging,
});

export const HistoryQuery = z.strictObject({
  instance: z
    .string()
    .min(1)
    .max(4000)
    .optional()
    .describe('The group, as in Budget.instance; needed for a grouped SLO.'),
  from: moment.optional().describe('Default: start of the compliance window.'),
  to: moment.optional().describe('Default: its end.'),
  step: z
    .string()
    .max(20)
    .optional()
    .describe('Seconds, or a duration such as 5m. Default: what gives at most 300 points.'),
});

export const AlertQuery = z.strictObject({
  service: text.optional(),
  slo: text.optional(),
  severity: z.enum(SEVERITIES).optional(),
  phase: z.enum(['pending', 'firing']).optional(),
  ...paging,
});

export const AlertHistoryQuery = z.strictObject({
  instance: z.string().min(1).max(4000).optional(),
  from: moment.optional(),
  to: moment.optional(),
  ...paging,
});

export const SloPath = z.object({ service: z.string().max(63), name: z.string().max(63) });
