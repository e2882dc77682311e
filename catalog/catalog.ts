// The catalog: a workspace's definitions, checked and resolved.
import type { Routing } from '../alerts/routing.ts';
import type { Team } from '../alerts/team.ts';
import type { Dashboard } from '../dashboards/dashboard.ts';
import type { ServiceTelemetry } from '../dashboards/define-telemetry.ts';
import type { Runbook } from '../runbooks/runbook.ts';
import type { Config } from '../slo/connection.ts';
import type { Service } from '../slo/service.ts';
import type { Slo } from '../slo/slo.ts';
import type { Check } from '../synthetics/check.ts';

/** Where a definition stands: the file, relative to the workspace, and the name under which it is exported. */
export interface Origin {
  readonly file: string;
  readonly path: string;
}

/** Deeply frozen plain data; the same workspace gives the same catalog. */
export interface Catalog {
  /** Sorted by name. */
  readonly services: readonly Service[];
  /** Sorted by id. */
  readonly slos: readonly Slo[];
  /** Sorted by id. */
  readonly checks: readonly Check[];
  /** Sorted by name. */
  readonly teams: readonly Team[];
  /** Sorted by name. */
  readonly runbooks: readonly Runbook[];
  /** Absent when the workspace says nothing of it: then the defaults hold. */
  readonly routing?: Routing;
  /** Users' own, sorted by uid. */
  readonly dashboards: readonly Dashboard[];
  /** What users state about the telemetry of services, sorted by service. */
  readonly telemetry: readonly ServiceTelemetry[];
  /** Texts of files in the workspace that checks name (contracts, certificates), by path; absent when there are none. */
  readonly documents?: Readonly<Record<string, string>>;
  /** Absent when the workspace has no ninefold.config.ts: then it can be checked and replayed, but not served. */
  readonly config?: Config;
  /** By service name, SLO id, and `team`, `routing`, `runbook`, `dashboard` or `telemetry` with a name: `team shop`. */
  readonly origins: Readonly<Record<string, Origin>>;
}
