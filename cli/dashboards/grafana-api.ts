// What delivering dashboards asks of Grafana, whichever of its APIs is spoken.
import type {
  DashboardFormat,
  FoundDashboard,
  FoundFolder,
  PlacedDashboard,
  PlacedFolder,
} from '../../dashboards/delivery/placed-dashboard.ts';
import { CommandFailure } from '../failure.ts';

/** Grafana refused something about one thing, for what it is or because somebody was faster; others may go through. */
export class RefusedChangeError extends CommandFailure {
  declare readonly remedy: string;
  constructor(message: string, remedy: string) {
    super('findings', message, remedy);
    this.name = 'RefusedChangeError';
  }
}

/** All methods throw CommandFailure when Grafana cannot be asked at all. */
export interface GrafanaApi {
  readonly format: DashboardFormat;
  /** Fails early: no such API, no such token. */
  check(): Promise<void>;
  /** Undefined when there is none. */
  folder(uid: string): Promise<FoundFolder | undefined>;
  /** Creates it, or renames the one that was found. @throws RefusedChangeError */
  saveFolder(folder: PlacedFolder, found?: FoundFolder): Promise<void>;
  /** Undefined when there is none. */
  dashboard(uid: string): Promise<FoundDashboard | undefined>;
  /** Uids of all dashboards with our mark that the token may see. */
  marked(): Promise<readonly string[]>;
  /** Creates it, or changes the revision that was found, and no later one. @throws RefusedChangeError */
  save(dashboard: PlacedDashboard, revision?: string): Promise<void>;
  /** @throws RefusedChangeError */
  remove(uid: string): Promise<void>;
}
