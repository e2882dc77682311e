// Checks the burn policy of an SLO: pairs that can hold, in order, and that alert before the window is over.
import {
  type BurnPolicy,
  type Condition,
  defaultBurnPolicy,
  errorThreshold,
  SEVERITIES,
} from './burn-policy.ts';
import { type Fraction, parseDecimal, toNumber } from './decimal.ts';
import { type DefinitionReader, readDefinition, type Refusal } from './definition-reader.ts';
import { formatDuration, parseDuration } from './duration.ts';
import type { Objective } from './objective.ts';
import type { Method } from './slo.ts';
import { DURATION_RULE } from './text-rules.ts';
import { nominalSeconds, type Window } from './window.ts';

const MOST_CONDITIONS = 20;
const LONGEST_KEEP_FIRING = 7 * 86_400;

/** What a burn policy is checked against; a part that was refused is undefined, and its checks are left out. */
interface Setting {
  readonly objective: Objective | undefined;
  readonly window: Window | undefined;
  readonly method: Method | undefined;
}

/** The policy in `burnPolicy`, or the Workbook's pairs as far as errors can reach them. */
export function readBurnPolicy(reader: DefinitionReader, setting: Setting): BurnPolicy | undefined {
  const { window } = setting;
  const defaults = defaultBurnPolicy(window ?? { kind: 'rolling', seconds: 30 * 86_400 });
  const written = reader.object('burnPolicy', {
    known: ['conditions', 'evidenceGate', 'keepFiring'],
    example: `{ conditions: [{ longWindow: '1h', shortWindow: '5m', burnRate: '14.4', severity: 'page' }] }`,
  });
  const own = written?.has('conditions') === true;
  const conditions = own ? readConditions(written, setting) : reachable(reader, defaults, setting);
  if (conditions === undefined || conditions.length === 0) return undefined;
  const evidenceGate = written?.flag('evidenceGate') ?? true;
  const keepFiring = readKeepFiring(written, defaults);
  const isDefault = written === undefined && conditions === defaults.conditions;
  const policy = isDefault ? defaults : { conditions, evidenceGate, keepFiring };
  warnOfSlices(reader, policy, setting);
  return policy;
}

/** The default pairs that errors can reach; says which were left out, because a page less is worth knowing. */
function reachable(
  reader: DefinitionReader,
  defaults: BurnPolicy,
  { objective }: Setting,
): readonly Condition[] | undefined {
  if (objective === undefined) return defaults.conditions;
  const kept = defaults.conditions.filter((condition) => canHold(condition, objective));
  for (const condition of defaults.conditions) {
    if (kept.includes(condition)) continue;
    reader.refuse('objective', {
      ...unreachable(condition.burnRate, objective),
      severity: kept.length === 0 ? 'error' : 'warning',
      remedy:
        `The default ${condition.severity} pair ${pairText(condition)} is left out. ` +
        `To replace it, write burnPolicy.conditions with burn rates below ${highestRate(objective)}.`,
    });
  }
  return kept.length === defaults.conditions.length ? defaults.conditions : kept;
}

const CONDITION_SHAPE = {
  known: ['longWindow', 'shortWindow', 'burnRate', 'severity'],
  needed: ['longWindow', 'shortWindow', 'burnRate', 'severity'],
  example: `{ longWindow: '1h', shortWindow: '5m', burnRate: '14.4', severity: 'page' }`,
};

function readConditions(
  policy: DefinitionReader,
  setting: Setting,
): readonly Condition[] | undefined {
  const written = policy.list('conditions', MOST_CONDITIONS);
  if (written?.length === 0)
    return policy.refuse('conditions', {
      code: 'no-conditions',
      message: 'The burn policy has no condition, so it never alerts.',
      remedy: `Write at least one: ${CONDITION_SHAPE.example}; or leave conditions out for the default ones.`,
    });
  const read = written?.map((each, index) => {
    const reader = readDefinition(
      each,
      `${policy.at('conditions')}[${index}]`,
      policy.report,
      CONDITION_SHAPE,
    );
    return reader && readCondition(reader, setting);
  });
  return read?.filter((condition) => condition !== undefined);
}

function readCondition(reader: DefinitionReader, setting: Setting): Condition | undefined {
  const longWindow = reader.parsed('longWindow', DURATION_RULE);
  const shortWindow = reader.parsed('shortWindow', DURATION_RULE);
  const severity = reader.oneOf('severity', SEVERITIES);
  const burnRate = reader.parsed('burnRate', {
    code: 'burn-rate-not-positive',
    parse(text) {
      const rate = parseDecimal(text);
      return rate !== undefined && rate.num > 0 && rate.num <= 1e6 && rate.den <= 1e6
        ? rate
        : undefined;
    },
    expected: 'a positive decimal of at most six digits',
    remedy: `Write a burn rate such as '14.4': how many times faster than the budget allows.`,
  });
  if (longWindow !== undefined) checkLongWindow(reader, longWindow, setting.window);
  if (longWindow !== undefined && shortWindow !== undefined && shortWindow >= longWindow)
    reader.refuse('shortWindow', {
      code: 'short-window-not-shorter',
      message: `The short window ${formatDuration(shortWindow)} is not shorter than the long window ${formatDuration(longWindow)}.`,
      remedy: `Write a shorter one; a twelfth is usual: '${formatDuration(Math.max(1, Math.round(longWindow / 12)))}'.`,
    });
  if (longWindow === undefined || shortWindow === undefined) return undefined;
  if (burnRate === undefined || severity === undefined) return undefined;
  const condition = { longWindow, shortWindow, burnRate, severity };
  if (setting.objective !== undefined && !canHold(condition, setting.objective))
    reader.refuse('burnRate', unreachable(burnRate, setting.objective));
  return condition;
}

function checkLongWindow(
  reader: DefinitionReader,
  seconds: number,
  window: Window | undefined,
): void {
  const period = window && nominalSeconds(window);
  if (period === undefined || seconds < period) return;
  reader.refuse('longWindow', {
    code: 'long-window-not-shorter',
    message: `The long window ${formatDuration(seconds)} is not shorter than the compliance window ${formatDuration(period)}.`,
    remedy: `Write one shorter than ${formatDuration(period)}.`,
  });
}

function canHold(condition: Condition, objective: Objective): boolean {
  const threshold = errorThreshold(condition, objective);
  return threshold.num < threshold.den;
}

function unreachable(burnRate: Fraction, objective: Objective): Refusal {
  const share = toNumber(burnRate) * toNumber(objective.budget) * 100;
  return {
    code: 'unreachable-burn-rate',
    message:
      `A burn rate of ${toNumber(burnRate)} can never be exceeded at ${objective.text}: ` +
      `it would take ${Number(share.toPrecision(4))}% bad events.`,
    remedy: `Write a burn rate below ${highestRate(objective)}, which means that everything fails.`,
  };
}

/** The burn rate when every event is bad: 1 / budget. */
function highestRate(objective: Objective): string {
  return String(Number((objective.budget.den / objective.budget.num).toPrecision(6)));
}

function readKeepFiring(
  policy: DefinitionReader | undefined,
  defaults: BurnPolicy,
): BurnPolicy['keepFiring'] {
  const written = policy?.object('keepFiring', {
    known: SEVERITIES,
    example: `{ page: '30m', ticket: '0s' }`,
  });
  const seconds = (severity: (typeof SEVERITIES)[number]): number =>
    written?.parsed(severity, {
      code: 'not-a-duration',
      parse(text) {
        const parsed = text === '0s' ? 0 : parseDuration(text);
        return parsed !== undefined && parsed <= LONGEST_KEEP_FIRING ? parsed : undefined;
      },
      expected: 'a duration of at most 7d',
      remedy: `Write '0s' or a duration up to '7d': '30m'.`,
    }) ?? defaults.keepFiring[severity];
  return { page: seconds('page'), ticket: seconds('ticket') };
}

/** One bad slice is a large share of a long window: with slices of a minute, 1/60 of an hour. */
function warnOfSlices(
  reader: DefinitionReader,
  policy: BurnPolicy,
  { objective, method }: Setting,
): void {
  if (objective === undefined || method?.kind !== 'time-slices') return;
  const hasty = policy.conditions.find((condition) => {
    const threshold = errorThreshold(condition, objective);
    const slices = Math.floor(condition.longWindow / method.sliceSeconds);
    return condition.severity === 'page' && threshold.num * slices < threshold.den;
  });
  if (hasty === undefined) return;
  const slice = formatDuration(method.sliceSeconds);
  reader.refuse('method', {
    code: 'slice-burns-at-once',
    severity: 'warning',
    message: `One bad slice of ${slice} alone exceeds the page pair ${pairText(hasty)} at ${objective.text}.`,
    remedy: policy.evidenceGate
      ? 'Only the evidence gate keeps it from paging. Use shorter slices or a lower objective.'
      : 'Use shorter slices, a lower objective, or turn the evidence gate on.',
  });
}

function pairText(condition: Condition): string {
  const { longWindow, shortWindow, burnRate } = condition;
  return `${formatDuration(longWindow)}/${formatDuration(shortWindow)} at burn rate ${toNumber(burnRate)}`;
}
