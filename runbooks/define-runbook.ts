// What a user writes to define a runbook.
import type { Severity } from '../slo/burn-policy.ts';
import type { UrlText } from '../slo/define-service.ts';
import type { SloDefinition } from '../slo/define-slo.ts';
import type { DurationText } from '../slo/duration.ts';
import type { AlertName } from '../slo/names.ts';
import { frozenCopy, isRecord } from '../slo/plain-data.ts';

/** A calendar day: `'2026-11-22'`. */
export type DateText = `${number}-${number}-${number}`;

/** Which alerts a runbook is for. */
export type RunbookAlert =
  /** Of one SLO: what `defineSlo` returned. @default alert the burn alerts of both severities */
  | {
      readonly slo: Pick<SloDefinition, 'kind' | 'service' | 'name'>;
      readonly alert?: AlertName;
      readonly severity?: Severity;
    }
  /** Of this name, whichever SLO or rule raises it: `{ alert: 'SliDataMissing' }`. */
  | { readonly alert: string };

/** A check: what `defineCheck` returned. */
export interface CheckReference {
  readonly kind: 'check';
  readonly service: { readonly kind: 'service'; readonly name: string };
  readonly name: string;
}

interface Runs {
  readonly command: string;
  readonly promql: string;
  readonly logql: string;
  readonly check: CheckReference;
}

/** What a step runs: one of them, or nothing. */
type RunInput =
  | { readonly [Kind in keyof Runs]?: never }
  | {
      [Kind in keyof Runs]: Readonly<Pick<Runs, Kind>> & {
        readonly [Other in Exclude<keyof Runs, Kind>]?: never;
      };
    }[keyof Runs];

export type StepInput = RunInput & {
  /** What to do, in one sentence. */
  readonly do: string;
  /** What one sees when it is as it should be. */
  readonly expect?: string;
};

export type DecisionInput<Id extends string = string> = StepInput & {
  /** Written like a name; other decisions lead here by it. */
  readonly id: Id;
  /** Outcomes, at least one: each leads to another decision, or says what to do. */
  readonly next: readonly (
    | { readonly when: string; readonly step: NoInfer<Id>; readonly do?: never }
    | { readonly when: string; readonly do: string; readonly step?: never }
  )[];
};

export interface EscalationInput {
  /** A team (what `defineTeam` returned), or who else in a few words. */
  readonly to: { readonly kind: 'team'; readonly name: string } | string;
  /** Since the alert. @default '0s' for the first, 15 minutes after the level before for the others */
  readonly after?: DurationText;
}

export interface RunbookInput<Id extends string = string> {
  /** Lower-case letters, digits and dashes; unique in the workspace. */
  readonly name: string;
  readonly title: string;
  /** At least one. */
  readonly alerts: readonly RunbookAlert[];
  /** What people see of it. @default [] */
  readonly symptoms?: readonly string[];
  /** What to do before anything is understood; at least one. */
  readonly firstFiveMinutes: readonly StepInput[];
  /** The decision tree; the first one is where to begin. @default [] */
  readonly decisions?: readonly DecisionInput<Id>[];
  /** How one knows that it is over. @default [] */
  readonly verification?: readonly StepInput[];
  /** How to take back what was done. @default [] */
  readonly rollBack?: readonly StepInput[];
  /** @default the service's team, after 15 minutes whoever stands behind it */
  readonly escalation?: readonly EscalationInput[];
  /** Beside the generated ones. @default [] */
  readonly dashboards?: readonly { readonly title: string; readonly url: UrlText }[];
  /** LogQL that shows the lines worth reading. */
  readonly logs?: string;
  /** @default [] */
  readonly incidents?: readonly {
    readonly date: DateText;
    readonly title: string;
    readonly url?: UrlText;
  }[];
  /** The team that keeps it up to date. @default the service's */
  readonly owner?: { readonly kind: 'team'; readonly name: string };
  /** The day on which somebody last went through it; past 180 days `ninefold build` says so. */
  readonly reviewed: DateText;
}

/** A runbook as written, frozen; checked when its workspace is loaded. */
export interface RunbookDefinition<Id extends string = string> extends RunbookInput<Id> {
  readonly kind: 'runbook';
}

/**
 * Defines a runbook. Never throws: what is wrong with it is told, with all else, when the workspace is validated.
 * @example
 * const errors = defineRunbook({
 *   name: 'checkout-errors', title: 'The checkout answers with errors', reviewed: '2026-11-22',
 *   alerts: [{ slo: availability }],
 *   firstFiveMinutes: [{ do: 'See what was deployed last.', command: 'kubectl rollout history deployment/checkout' }],
 * });
 */
export function defineRunbook<const Id extends string>(
  input: RunbookInput<Id>,
): RunbookDefinition<Id> {
  const written: unknown = frozenCopy(input);
  const properties = isRecord(written) ? written : {};
  return Object.freeze({ ...properties, kind: 'runbook' }) as RunbookDefinition<Id>;
}
