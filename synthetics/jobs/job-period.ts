// How often a cron schedule can come: the periods that divide an hour or a day, and their five fields.
import { textHash } from '../text-hash.ts';

export interface JobPeriod {
  readonly seconds: number;
  /** As in names: `5m`. */
  readonly text: string;
}

const MINUTE = 60;
const HOUR = 3600;
const DAY = 86_400;
const MINUTES = [1, 2, 3, 4, 5, 6, 10, 12, 15, 20, 30];
const HOURS = [1, 2, 3, 4, 6, 8, 12];

const PERIODS: readonly JobPeriod[] = [
  ...MINUTES.map((n) => ({ seconds: n * MINUTE, text: `${n}m` })),
  ...HOURS.map((n) => ({ seconds: n * HOUR, text: `${n}h` })),
  { seconds: DAY, text: '1d' },
  { seconds: 7 * DAY, text: '7d' },
];

const LONGEST: JobPeriod = { seconds: 7 * DAY, text: '7d' };

/** The shortest period of a cron schedule that is not shorter than the wanted one; a week at most. */
export function jobPeriod(everySeconds: number): JobPeriod {
  return PERIODS.find(({ seconds }) => seconds >= everySeconds) ?? LONGEST;
}

/**
 * The cron schedule of a period, at a minute, hour and day of its own that follow from the name: jobs of one period do not
 * all start together. In UTC.
 */
export function cronSchedule({ seconds }: JobPeriod, name: string): string {
  const hash = textHash(name);
  const minute = hash % 60;
  const hour = Math.floor(hash / 60) % 24;
  if (seconds < HOUR) return `${steps(seconds / MINUTE, minute, 59)} * * * *`;
  if (seconds < DAY) return `${minute} ${steps(seconds / HOUR, hour, 23)} * * *`;
  if (seconds === DAY) return `${minute} ${hour} * * *`;
  return `${minute} ${hour} * * ${Math.floor(hash / 1440) % 7}`;
}

/** Every n-th value up to the last, beginning at one below n. */
function steps(n: number, wanted: number, last: number): string {
  return n === 1 ? '*' : `${wanted % n}-${last}/${n}`;
}
