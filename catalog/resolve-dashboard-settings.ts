// Reads what a configuration says of the site's Grafana.
import type { DashboardSettings } from '../slo/connection.ts';
import type { DefinitionReader } from '../slo/definition-reader.ts';
import { printValue } from '../slo/diagnostic.ts';
import { isWorkspaceName } from '../slo/names.ts';

const SOURCES = ['rules', 'collector'] as const;
const TELEMETRIES = ['prometheus', 'loki', 'tempo'] as const;
const MOST_LABELS = 5;

/** The settings of dashboards; undefined when there are none, and then the defaults hold. */
export function readDashboards(config: DefinitionReader): DashboardSettings | undefined {
  const reader = config.object('dashboards', {
    known: ['source', 'scopeLabels', 'datasources', 'path', 'managedAlerts', 'workspace'],
    example: `{ source: 'collector', scopeLabels: ['cluster'] }`,
  });
  if (reader === undefined) return undefined;
  const path = reader.text('path', 4096);
  const workspace = readWorkspaceName(reader);
  return {
    source: reader.oneOf('source', SOURCES) ?? 'rules',
    scopeLabels: readScopeLabels(reader),
    datasources: readDatasources(reader),
    managedAlerts: reader.flag('managedAlerts') ?? false,
    ...(path === undefined ? {} : { path }),
    ...(workspace === undefined ? {} : { workspace }),
  };
}

function readWorkspaceName(reader: DefinitionReader): string | undefined {
  const name = reader.text('workspace', 100);
  if (name === undefined || isWorkspaceName(name)) return name;
  reader.refuse('workspace', {
    code: 'not-a-name',
    message: `${printValue(name)} cannot begin the uids of dashboards.`,
    remedy:
      'Use 2 to 16 lower-case letters and digits, beginning with a letter; sla, business and collector are taken.',
  });
  return undefined;
}

/** Labels that queries can name as a variable, too. */
function readScopeLabels(reader: DefinitionReader): readonly string[] {
  const labels = reader.list('scopeLabels', MOST_LABELS) ?? [];
  return labels.flatMap((label) => {
    const taken = ['slo', 'service', 'team', 'tier', 'job', 'instance'].includes(String(label));
    if (typeof label === 'string' && /^[A-Za-z]\w{0,99}$/.test(label) && !taken) return label;
    reader.refuse('scopeLabels', {
      code: 'not-a-label',
      message: `${printValue(label)} ${taken ? 'is a variable already' : 'is not a label name'}.`,
      remedy: `Name a label that Prometheus puts on all series of an installation: 'cluster'.`,
    });
    return [];
  });
}

function readDatasources(reader: DefinitionReader): DashboardSettings['datasources'] {
  const written = reader.list('datasources', TELEMETRIES.length);
  if (written === undefined) return ['prometheus'];
  for (const each of written)
    if (!TELEMETRIES.some((known) => known === each))
      reader.refuse('datasources', {
        code: 'unknown-value',
        message: `${printValue(each)} is no datasource that is linked here.`,
        remedy: `Write some of: ${TELEMETRIES.map((each) => `'${each}'`).join(', ')}.`,
      });
  return TELEMETRIES.filter((each) => written.includes(each));
}
