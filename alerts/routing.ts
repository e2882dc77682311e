// Routing of a whole workspace: what teams share, and what nobody owns.
import type { Severity } from '../slo/burn-policy.ts';
import type { SecretReference } from '../slo/connection.ts';
import type { TimeSpec } from './hours.ts';
import type { Receiver } from './receivers/receiver.ts';

/** How Alertmanager paces the notifications of a group, in seconds. */
export interface Timers {
  /** Before the first notification of a new group. */
  readonly groupWait: number;
  /** Before what has changed in a group is told. */
  readonly groupInterval: number;
  /** Before an alert that has not changed is told again. */
  readonly repeatInterval: number;
}

export const INCIDENT_SCOPES = ['instance', 'slo', 'service'] as const;

/** What one incident is about. */
export type IncidentScope = (typeof INCIDENT_SCOPES)[number];

export interface MaintenanceWindow {
  readonly name: string;
  readonly during: readonly TimeSpec[];
  readonly mutes: readonly Severity[];
  /** Names; undefined with `services`: of every team. */
  readonly teams?: readonly string[];
  readonly services?: readonly string[];
}

/** While one service pages, alerts of a service that needs it say nothing new. */
export interface Dependency {
  readonly service: string;
  readonly needs: readonly string[];
  readonly mutes: readonly Severity[];
  /** Labels that must be the same on both, such as a region. */
  readonly equal: readonly string[];
}

export interface SmtpSettings {
  /** `host:port` */
  readonly smarthost: string;
  readonly from: string;
  readonly user?: string;
  readonly password?: SecretReference;
  readonly requireTls?: boolean;
}

export interface Routing {
  readonly kind: 'routing';
  readonly unowned: readonly Receiver[];
  readonly incidentPer: IncidentScope;
  readonly timers: Readonly<Record<Severity, Timers>>;
  readonly maintenance: readonly MaintenanceWindow[];
  readonly dependencies: readonly Dependency[];
  readonly smtp?: SmtpSettings;
  /** Absolute, no slash at its end. */
  readonly secretsFolder: string;
}

/**
 * A page waits for little, and its end is told within a minute; a ticket waits a minute, so that a page of the same SLO
 * comes first and inhibits it. Repeats are whole multiples of the interval, as Alertmanager rounds them up to one.
 */
export const DEFAULT_ROUTING: Routing = {
  kind: 'routing',
  unowned: [],
  incidentPer: 'instance',
  timers: {
    page: { groupWait: 10, groupInterval: 60, repeatInterval: 14_400 },
    ticket: { groupWait: 60, groupInterval: 300, repeatInterval: 86_400 },
  },
  maintenance: [],
  dependencies: [],
  secretsFolder: '/etc/alertmanager/secrets',
};
