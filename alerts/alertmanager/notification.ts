// One notification of the many that an Alertmanager sends, as the simulation tells it.
import type { LabelSet } from './label-set.ts';
import type { NotificationReason } from './notification-log.ts';
import type { RouteStep } from './routing.ts';

/** One message to one integration. */
export interface Notification {
  readonly atMs: number;
  readonly receiver: string;
  readonly integration: { readonly kind: string; readonly index: number };
  readonly path: readonly RouteStep[];
  readonly groupKey: string;
  /** SHA-256 of the group key. */
  readonly dedupKey: string;
  readonly groupLabels: LabelSet;
  /** Firing while any of its alerts is. */
  readonly status: AlertStatus;
  readonly reason: NotificationReason;
  /** In Alertmanager's order; without the resolved ones where the integration does not want them. */
  readonly alerts: readonly NotifiedAlert[];
  /** Whether the integration will be told of the end. */
  readonly sendsResolved: boolean;
}

export type AlertStatus = 'firing' | 'resolved';

export interface NotifiedAlert {
  readonly labels: LabelSet;
  readonly annotations: Readonly<Record<string, string>>;
  readonly fingerprint: string;
  readonly status: AlertStatus;
  readonly startsAtMs: number;
  /** Of resolved ones. */
  readonly endsAtMs: number | undefined;
}
