// Files that tell a Grafana where its dashboards and its datasources are (its `provisioning` folder).
import { type YamlData, writeYaml } from '../../formats/yaml-writer.ts';
import type { Folder } from '../folder.ts';
import type { Telemetry } from '../signal.ts';

/** Where the dashboards lie on Grafana's machine, unless told otherwise: `/var/lib/grafana/dashboards/ninefold`. */
export function dashboardsPath({ uid }: Pick<Folder, 'uid'>): string {
  return `/var/lib/grafana/dashboards/${uid}`;
}

/** `provisioning/dashboards/ninefold.yaml`: all files of a folder, not to be changed in Grafana. */
export function dashboardProvider(path: string, { uid, title }: Folder): string {
  return writeYaml({
    apiVersion: 1,
    providers: [
      {
        name: uid,
        orgId: 1,
        type: 'file',
        folder: title,
        // Without it each Grafana would make up a uid of its own.
        folderUid: uid,
        disableDeletion: false,
        allowUiUpdates: false,
        updateIntervalSeconds: 30,
        options: { path, foldersFromFilesStructure: false },
      },
    ],
  });
}

/**
 * `provisioning/datasources/ninefold.yaml`: metrics lead to traces by exemplars, logs to traces by their trace id, and
 * traces back to both. Addresses come from Grafana's environment: PROMETHEUS_URL, LOKI_URL, TEMPO_URL.
 */
export function datasourcesFile(telemetries: readonly Telemetry[]): string {
  const has = (telemetry: Telemetry): boolean => telemetries.includes(telemetry);
  return writeYaml({
    apiVersion: 1,
    datasources: TELEMETRIES.filter(has).map((type) => ({
      name: type.slice(0, 1).toUpperCase() + type.slice(1),
      uid: type,
      type,
      access: 'proxy',
      // Grafana fills it in; where it shall not, its dollar is doubled.
      url: `$${type.toUpperCase()}_URL`,
      ...(type === 'prometheus' && { isDefault: true }),
      jsonData: LINKS[type](has),
    })),
  });
}

const TELEMETRIES = ['prometheus', 'loki', 'tempo'] as const;

const LINKS: Readonly<Record<Telemetry, (has: (each: Telemetry) => boolean) => YamlData>> = {
  prometheus: (has) => ({
    httpMethod: 'POST',
    ...(has('tempo') && {
      exemplarTraceIdDestinations: [{ name: 'trace_id', datasourceUid: 'tempo' }],
    }),
  }),
  loki: (has) => ({
    ...(has('tempo') && {
      derivedFields: [
        {
          name: 'trace_id',
          matcherType: 'label',
          matcherRegex: 'trace_id',
          datasourceUid: 'tempo',
          url: '$${__value.raw}',
        },
      ],
    }),
  }),
  tempo: (has) => ({
    ...(has('loki') && {
      tracesToLogsV2: {
        datasourceUid: 'loki',
        spanStartTimeShift: '-5m',
        spanEndTimeShift: '5m',
        filterByTraceID: true,
        tags: [{ key: 'service.name', value: 'service' }],
      },
    }),
    ...(has('prometheus') && {
      tracesToMetrics: {
        datasourceUid: 'prometheus',
        tags: [{ key: 'service.name', value: 'service' }],
      },
    }),
  }),
};
