// An Alertmanager configuration that is yet to be written: what every target can be told, and what only some can.
import type { LabelMatcher } from '../../formats/label-matcher.ts';
import type { TimeSpec } from '../hours.ts';
import type { Receiver } from '../receivers/receiver.ts';
import type { SmtpSettings, Timers } from '../routing.ts';

export interface AlertmanagerTree {
  readonly smtp?: SmtpSettings;
  /** Folder in which a secret of the environment is a file. */
  readonly secretsFolder: string;
  readonly root: TreeRoute;
  readonly receivers: readonly TreeReceiver[];
  readonly inhibitRules: readonly TreeInhibitRule[];
  readonly timeIntervals: readonly TreeTimeInterval[];
}

export interface TreeReceiver {
  readonly name: string;
  /** Empty: alerts end here without anybody being told. */
  readonly integrations: readonly Receiver[];
}

export interface TreeRoute {
  readonly receiver: string;
  /** All of them; none only at the root. */
  readonly matchers: readonly LabelMatcher[];
  /** Absent: the parent's. */
  readonly groupBy?: readonly string[];
  readonly timers?: Timers;
  readonly muteTimeIntervals?: readonly string[];
  readonly activeTimeIntervals?: readonly string[];
  readonly routes?: readonly TreeRoute[];
}

export interface TreeInhibitRule {
  readonly name: string;
  readonly source: readonly LabelMatcher[];
  readonly target: readonly LabelMatcher[];
  readonly equal: readonly string[];
}

export interface TreeTimeInterval {
  readonly name: string;
  readonly specs: readonly TimeSpec[];
}

/** What a user should hear about a generated configuration. An error means that somebody is not told who should be. */
export interface AlertmanagerNote {
  readonly severity: 'error' | 'warning' | 'info';
  /** The team, receiver or service that it is about. */
  readonly about: string;
  readonly message: string;
  readonly remedy: string;
}
