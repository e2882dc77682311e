// What a user writes about routing beyond teams: who hears of what nobody owns, timers, maintenance, dependencies.
import type { Severity } from '../slo/burn-policy.ts';
import type { SecretReference } from '../slo/connection.ts';
import type { ServiceDefinition } from '../slo/define-service.ts';
import type { DurationText } from '../slo/duration.ts';
import { frozenCopy, isRecord } from '../slo/plain-data.ts';
import type { HoursInput } from './define-hours.ts';
import type { TeamDefinition } from './define-team.ts';
import type { ReceiverDefinition } from './receivers/receiver.ts';
import type { IncidentScope } from './routing.ts';

export interface TimersInput {
  /** Before a new group is told; `'0s'` is at once. @default page '10s', ticket '1m' */
  readonly groupWait?: DurationText;
  /** Before what changed in a group is told, at least 10 s. @default page '1m', ticket '5m' */
  readonly groupInterval?: DurationText;
  /** Before an unchanged alert is told again: a whole multiple of `groupInterval`. @default page '4h', ticket '1d' */
  readonly repeatInterval?: DurationText;
}

export interface MaintenanceInput {
  /** Lower-case letters, digits and dashes, unique in the list. */
  readonly name: string;
  readonly during: HoursInput | readonly HoursInput[];
  /** Whose alerts are muted, whole teams … @default everybody's */
  readonly teams?: readonly TeamDefinition[];
  /** … or single services. @default everybody's */
  readonly services?: readonly ServiceDefinition[];
  /** @default ['ticket']: pages are told even during maintenance */
  readonly mutes?: readonly Severity[];
}

export interface DependencyInput {
  /** The service that fails with the ones it needs. */
  readonly service: ServiceDefinition;
  readonly needs: readonly ServiceDefinition[];
  /** What it does not tell while one of those pages. @default ['page', 'ticket'] */
  readonly mutes?: readonly Severity[];
  /** Labels that must be the same on both alerts: `['region']`. @default [] */
  readonly equal?: readonly string[];
}

export interface SmtpInput {
  /** `host:port` */
  readonly smarthost: string;
  readonly from: string;
  readonly user?: string;
  readonly password?: SecretReference;
  /** @default true */
  readonly requireTls?: boolean;
}

export interface RoutingInput {
  /** Who hears of alerts that no team owns. @default nobody, which is warned of */
  readonly unowned?: readonly ReceiverDefinition[];
  /**
   * What one incident is about: an SLO with its group (`'instance'`), an SLO with all its groups, or a whole service.
   * @default 'instance'
   */
  readonly incidentPer?: IncidentScope;
  readonly timers?: Readonly<Partial<Record<Severity, TimersInput>>>;
  /** @default [] */
  readonly maintenance?: readonly MaintenanceInput[];
  /** @default [] */
  readonly dependencies?: readonly DependencyInput[];
  /** What mails are sent through. */
  readonly smtp?: SmtpInput;
  /**
   * Folder on Alertmanager's machine in which the secret `fromEnvironment('NAME')` is the file `NAME`, because
   * Alertmanager reads no environment variables. @default '/etc/alertmanager/secrets'
   */
  readonly secretsFolder?: string;
}

/** Routing as written, frozen; checked when its workspace is loaded. */
export interface RoutingDefinition extends RoutingInput {
  readonly kind: 'routing';
}

/**
 * Defines what teams share. A workspace needs none; it has at most one.
 * @example defineRouting({ unowned: [slack({ webhookUrl: fromFile('/run/secrets/slack'), channel: '#alerts' })] })
 */
export function defineRouting(input: RoutingInput): RoutingDefinition {
  const written: unknown = frozenCopy(input);
  const properties = isRecord(written) ? written : {};
  return Object.freeze({ ...properties, kind: 'routing' });
}
