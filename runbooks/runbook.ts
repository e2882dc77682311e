// A runbook: what a human does about an alert, as frozen plain data.
import type { Severity } from '../slo/burn-policy.ts';

export const RUN_KINDS = ['command', 'promql', 'logql', 'check'] as const;

/** Something to run: a shell command, a query in the language of a server, or a check by its id `service/name`. */
export interface StepRun {
  readonly in: (typeof RUN_KINDS)[number];
  readonly text: string;
}

/** One thing to do, and what should come of it. */
export interface Step {
  readonly do: string;
  readonly run?: StepRun;
  readonly expect?: string;
}

/** What an outcome leads to: another decision, or something to do. */
export type Turn =
  { readonly when: string; readonly step: string } | { readonly when: string; readonly do: string };

/** A step of the decision tree. */
export interface Decision extends Step {
  readonly id: string;
  /** At least one. */
  readonly next: readonly Turn[];
}

/** The lists of steps of a guide, by their property. */
export const STEP_LISTS = ['firstFiveMinutes', 'decisions', 'verification', 'rollBack'] as const;

/** What to do, whoever wrote it: a runbook's author, or the defaults of an SLI kind. */
export interface Guide {
  readonly symptoms: readonly string[];
  readonly firstFiveMinutes: readonly Step[];
  /** The first one is where to begin. */
  readonly decisions: readonly Decision[];
  readonly verification: readonly Step[];
  readonly rollBack: readonly Step[];
}

/** Which alerts a runbook is for. Without an SLO: the alert of this name of whichever SLO or rule. */
export interface RunbookSubject {
  /** `service/name` */
  readonly slo?: string;
  readonly alert: string;
  /** Absent: both. */
  readonly severity?: Severity;
}

/** Who is called once the level before has not answered, or not mended it, for `afterSeconds` since the alert. */
export interface EscalationLevel {
  readonly to: string;
  /** Whether `to` is the name of a team, rather than text. */
  readonly isTeam: boolean;
  readonly afterSeconds: number;
}

export interface RunbookLink {
  readonly title: string;
  readonly url: string;
}

export interface PastIncident {
  /** `2026-03-14` */
  readonly date: string;
  readonly title: string;
  readonly url?: string;
}

export interface Runbook extends Guide {
  readonly kind: 'runbook';
  /** Unique in the workspace, like a service's name. */
  readonly name: string;
  readonly title: string;
  /** At least one. */
  readonly alerts: readonly RunbookSubject[];
  /** None: the team's own escalation. */
  readonly escalation: readonly EscalationLevel[];
  readonly dashboards: readonly RunbookLink[];
  /** LogQL. */
  readonly logs?: string;
  readonly incidents: readonly PastIncident[];
  /** Name of the team that keeps it; absent: the service's. */
  readonly owner?: string;
  /** The day on which somebody last went through it: `2026-11-22`. */
  readonly reviewed: string;
}

/** Seconds since its review after which a runbook is told to be old: 180 days. */
export const REVIEW_EVERY = 180 * 86_400;
