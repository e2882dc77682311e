// Checks a workspace as a whole: every definition, and what only shows between them.
import type { Config } from '../slo/connection.ts';
import { type Diagnostic, printValue, type Report } from '../slo/diagnostic.ts';
import { didYouMean } from '../slo/nearest-name.ts';
import { canonicalJson, frozenCopy, isRecord } from '../slo/plain-data.ts';
import { readService } from '../slo/resolve-service.ts';
import { readForm } from '../slo/resolve-sli.ts';
import { readSlo } from '../slo/resolve-slo.ts';
import type { Service } from '../slo/service.ts';
import type { SliForm } from '../slo/sli.ts';
import type { Slo } from '../slo/slo.ts';
import type { Catalog, Origin } from './catalog.ts';
import { CONFIG_FILE } from './find-files.ts';
import type { FoundDefinition } from './load-files.ts';
import { duplicate, reportIn } from './report-in.ts';
import { resolveAlerting } from './resolve-alerting.ts';
import { reportUnknownWitnessed } from './report-witnesses.ts';
import { reportUnknownChecks, resolveChecks } from './resolve-checks.ts';
import { resolveConfig } from './resolve-config.ts';
import { resolveDashboards } from './resolve-dashboards.ts';
import { resolveTelemetries } from './resolve-telemetries.ts';
import { resolveRunbooks, withRunbooks } from './resolve-runbooks.ts';
import { checkRunbookUrls } from './runbook-links.ts';
import { validateQueries } from './validate-queries.ts';

export interface Validated {
  /** Absent when a diagnostic is an error. */
  readonly catalog?: Catalog;
  readonly diagnostics: readonly Diagnostic[];
}

/** Checks definitions as found in files; relative paths of the configuration start at `folder`. */
export function validate(
  found: readonly FoundDefinition[],
  folder: string,
  configFile = CONFIG_FILE,
): Validated {
  const diagnostics: Diagnostic[] = [];
  const config = findConfig(found, folder, configFile, diagnostics);
  const services = resolveServices(found, diagnostics);
  const slos = resolveSlos(found, config?.names, diagnostics);
  const {
    teams,
    routing,
    origins: alertOrigins,
  } = resolveAlerting(found, services.values, diagnostics);
  const dashboards = resolveDashboards(
    found,
    slos.values.map(({ id }) => id),
    diagnostics,
  );
  const telemetry = resolveTelemetries(
    found,
    services.values.map(({ name }) => name),
    diagnostics,
  );
  reportUnknownWitnessed(found, diagnostics);
  const checks = resolveChecks(found, diagnostics);
  reportUnknownChecks(found, checks.checks, diagnostics);
  const runbooks = resolveRunbooks(
    found,
    { slos: slos.values, checks: checks.checks.map(({ id }) => id) },
    diagnostics,
  );
  if (!found.some(({ value }) => value.kind === 'slo' || value.kind === 'check'))
    diagnostics.push(NO_DEFINITIONS);
  if (diagnostics.some((each) => each.severity === 'error')) return { diagnostics };
  const origins = Object.fromEntries([
    ...services.origins,
    ...slos.origins,
    ...checks.origins,
    ...alertOrigins,
    ...runbooks.origins,
    ...dashboards.origins,
    ...telemetry.origins,
  ]);
  const catalog = {
    services: sortedBy(services.values, (service) => service.name),
    slos: sortedBy(withRunbooks(slos.values, config?.value?.runbooks), (slo) => slo.id),
    checks: sortedBy(checks.checks, (check) => check.id),
    teams: sortedBy(teams, (team) => team.name),
    runbooks: sortedBy(runbooks.runbooks, (runbook) => runbook.name),
    dashboards: sortedBy(dashboards.values, ({ uid }) => uid),
    telemetry: sortedBy(telemetry.values, ({ service }) => service),
    ...(routing === undefined ? {} : { routing }),
    ...(config?.value === undefined ? {} : { config: config.value }),
    origins,
  };
  const broken = checkRunbookUrls(catalog);
  if (broken.length > 0) return { diagnostics: [...diagnostics, ...broken] };
  return { catalog: frozenCopy(catalog), diagnostics };
}

const NO_DEFINITIONS: Diagnostic = {
  code: 'no-definitions',
  severity: 'error',
  path: '(workspace)',
  value: '',
  message: 'No file of the workspace exports an SLO or a check.',
  remedy:
    'Export what defineSlo returns from a file whose name ends in .slo.ts, or what defineCheck returns from one in .checks.ts.',
};

function findConfig(
  found: readonly FoundDefinition[],
  folder: string,
  configFile: string,
  diagnostics: Diagnostic[],
): { readonly value?: Config; readonly names: ConnectionNames } | undefined {
  const written = found.find((each) => each.file === configFile && each.value.kind === 'config');
  if (written !== undefined) {
    const config = resolveConfig(written.value, folder);
    diagnostics.push(...config.diagnostics.map((each) => ({ ...each, file: configFile })));
    return { ...config, names: connectionNames(written.value) };
  }
  diagnostics.push({
    code: 'config-missing',
    severity: 'warning',
    path: '(workspace)',
    value: configFile,
    message: `The workspace has no ${configFile} that exports a configuration, so connections were not checked.`,
    remedy: `Write one: export default defineConfig({ connections: { prometheus: { default: { url: 'http://127.0.0.1:9090' } } } });`,
  });
  return undefined;
}

/** The names of all connections, of those with mistakes too, so that an SLI is not blamed for what is wrong with its connection. */
type ConnectionNames = Readonly<Record<keyof Config['connections'], readonly string[]>>;

function connectionNames(config: object): ConnectionNames {
  const { connections } = config as { readonly connections?: unknown };
  const names = (kind: keyof ConnectionNames): readonly string[] => {
    const group = isRecord(connections) ? connections[kind] : undefined;
    return isRecord(group) ? Object.keys(group) : [];
  };
  return { prometheus: names('prometheus'), loki: names('loki'), kafka: names('kafka') };
}

interface ResolvedAll<T> {
  readonly values: readonly T[];
  readonly origins: readonly (readonly [string, Origin])[];
}

/** Every service that is exported or that an SLO or a check belongs to, each told once, however often it was passed on. */
function resolveServices(
  found: readonly FoundDefinition[],
  diagnostics: Diagnostic[],
): ResolvedAll<Service> {
  const seen = new Set<string>();
  const values = new Map<string, { readonly service: Service; readonly origin: Origin }>();
  const exported = found.filter((each) => each.value.kind === 'service');
  const owners = found.flatMap(({ file, path, value }) => {
    const owned = value.kind === 'slo' || value.kind === 'check';
    const service = owned && 'service' in value ? value.service : undefined;
    return isRecord(service) ? [{ file, path: `${path}.service`, value: service }] : [];
  });
  for (const { file, path, value } of [...exported, ...owners]) {
    const text = canonicalJson(value);
    if (seen.has(text)) continue;
    seen.add(text);
    const report = reportIn(file, diagnostics);
    const service = readService(value, path, report);
    if (service === undefined) continue;
    const other = values.get(service.name);
    if (other === undefined) values.set(service.name, { service, origin: { file, path } });
    else report(duplicate('service', service.name, `${path}.name`, other.origin));
  }
  return {
    values: [...values.values()].map(({ service }) => service),
    origins: [...values].map(([name, { origin }]) => [name, origin] as const),
  };
}

function resolveSlos(
  found: readonly FoundDefinition[],
  connections: ConnectionNames | undefined,
  diagnostics: Diagnostic[],
): ResolvedAll<Slo> {
  const values = new Map<string, { readonly slo: Slo; readonly origin: Origin }>();
  const seen = new Set<string>();
  for (const { file, path, value } of found) {
    if (value.kind !== 'slo') continue;
    const text = canonicalJson(value);
    // The same definition under two export names, as when one file passes on another's, is one.
    if (seen.has(text)) continue;
    seen.add(text);
    const report = reportIn(file, diagnostics);
    const slo = readSlo(value, path, report, () => {});
    const sli = 'sli' in value ? value.sli : undefined;
    if (isRecord(sli)) checkSli(sli, slo?.sli.form, `${path}.sli`, connections, report);
    if (slo === undefined) continue;
    const other = values.get(slo.id);
    if (other === undefined) values.set(slo.id, { slo, origin: { file, path } });
    else report(duplicate('SLO', slo.id, `${path}.name`, other.origin));
  }
  return {
    values: [...values.values()].map(({ slo }) => slo),
    origins: [...values].map(([id, { origin }]) => [id, origin] as const),
  };
}

/** Queries and connection of an SLI, also when another part of its SLO is wrong. */
function checkSli(
  written: Readonly<Record<string, unknown>>,
  resolved: SliForm | undefined,
  path: string,
  connections: ConnectionNames | undefined,
  report: Report,
): void {
  const form = resolved ?? readForm(written);
  if (form === undefined) return;
  const { written: properties, connection } = written;
  const { total, part } = isRecord(properties) ? properties : {};
  const places = {
    total: typeof total === 'string' ? total : 'total',
    part: typeof part === 'string' ? part : 'bad',
  };
  validateQueries(form, places, path, report);
  if (connections !== undefined && typeof connection === 'string')
    checkConnection(form, connection, path, connections, report);
}

function checkConnection(
  form: SliForm,
  name: string,
  path: string,
  connections: ConnectionNames,
  report: Report,
): void {
  const kind = connectionKind(form);
  if (kind === undefined || connections[kind].includes(name)) return;
  const known = connections[kind];
  report({
    code: 'unknown-connection',
    severity: 'error',
    path: `${path}.connection`,
    value: printValue(name),
    message: `${CONFIG_FILE} has no ${kind} connection '${name}'.${didYouMean(name, known)}`,
    remedy:
      known.length === 0
        ? `Add it: connections: { ${kind}: { ${/^\w+$/.test(name) ? name : `'${name}'`}: { … } } }.`
        : `Use one of: ${known.join(', ')}; or add it to ${CONFIG_FILE}.`,
  });
}

function connectionKind(form: SliForm): keyof ConnectionNames | undefined {
  if (form.form === 'logs') return 'loki';
  if (form.form === 'events') return 'kafka' in form.origin ? 'kafka' : undefined;
  return 'prometheus';
}

function sortedBy<T>(values: readonly T[], key: (value: T) => string): readonly T[] {
  return [...values].sort((a, b) => (key(a) < key(b) ? -1 : key(a) > key(b) ? 1 : 0));
}
