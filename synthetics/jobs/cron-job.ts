// A group of checks as Kubernetes runs it: a ConfigMap with the definitions, and a CronJob that tries them and sends the results.
import { writeYaml, type YamlData } from '../../formats/yaml-writer.ts';
import type { ProbeSettings } from '../../slo/connection.ts';
import { formatCheckFile } from '../check-file.ts';
import type { JobGroup } from './job-group.ts';
import { type NeededSecrets, withFilesIn } from './needed-secrets.ts';

export interface CronJobFiles {
  readonly configMap: string;
  readonly cronJob: string;
  readonly needed: NeededSecrets;
  /** Whether Kubernetes would refuse the ConfigMap for its size. */
  readonly tooLarge: boolean;
}

const DEFINITIONS = '/etc/ninefold/checks';
const FILES = '/etc/ninefold/files';
/** Relative files of checks start where their definitions are. */
const FROM_DEFINITIONS = '../files';
const DEFINITION_FILE = 'probe.checks.json';
/** Kubernetes refuses more than a mebibyte with all that is around it. */
const LARGEST = 1_000_000;
/** Where Kubernetes keeps the name of the Job, which ends with the minute it was due. */
const JOB_LABEL = `metadata.labels['batch.kubernetes.io/job-name']`;

/** The resources of a group, as YAML. */
export function cronJobFiles(group: JobGroup, jobs: ProbeSettings['jobs']): CronJobFiles {
  const { checks, needed } = withFilesIn(group.checks, FROM_DEFINITIONS);
  const data = formatCheckFile(checks);
  return {
    configMap: writeYaml({
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: metadataOf(group),
      data: { [DEFINITION_FILE]: data },
    }),
    cronJob: writeYaml({
      apiVersion: 'batch/v1',
      kind: 'CronJob',
      metadata: metadataOf(group),
      spec: cronJobSpec(group, jobs, needed),
    }),
    needed,
    tooLarge: new TextEncoder().encode(data).length > LARGEST,
  };
}

type Properties = Readonly<Record<string, YamlData | undefined>>;

function metadataOf({ name, location }: JobGroup): Properties {
  return {
    name,
    labels: {
      'app.kubernetes.io/name': 'ninefold-probe',
      'app.kubernetes.io/managed-by': 'ninefold',
      ...(location === '' ? {} : { 'ninefold.dev/location': location }),
    },
  };
}

const SHORTEST_START_SECONDS = 10;
const LONGEST_START_SECONDS = 300;
const KEPT_SECONDS = 3600;

function cronJobSpec(
  group: JobGroup,
  jobs: ProbeSettings['jobs'],
  needed: NeededSecrets,
): Properties {
  const { cron, periodSeconds, deadlineSeconds } = group;
  const start = Math.max(SHORTEST_START_SECONDS, Math.floor(periodSeconds / 2));
  return {
    schedule: cron,
    timeZone: 'Etc/UTC',
    concurrencyPolicy: 'Forbid',
    startingDeadlineSeconds: Math.min(start, LONGEST_START_SECONDS),
    successfulJobsHistoryLimit: 1,
    failedJobsHistoryLimit: 3,
    jobTemplate: {
      spec: {
        activeDeadlineSeconds: deadlineSeconds,
        // A try that comes later is another run; retries are the check's own.
        backoffLimit: 0,
        ttlSecondsAfterFinished: KEPT_SECONDS,
        template: {
          metadata: { labels: { 'app.kubernetes.io/name': 'ninefold-probe' } },
          spec: podSpec(group, jobs, needed),
        },
      },
    },
  };
}

function podSpec(group: JobGroup, jobs: ProbeSettings['jobs'], needed: NeededSecrets): Properties {
  const files = [...needed.files.keys()].map((key) => ({ key, path: key }));
  const volumes: YamlData[] = [{ name: 'checks', configMap: { name: group.name } }];
  const mounts: YamlData[] = [{ name: 'checks', mountPath: DEFINITIONS, readOnly: true }];
  if (files.length > 0) {
    volumes.push({
      name: 'files',
      secret: { secretName: jobs.secret, optional: true, defaultMode: 0o440, items: files },
    });
    mounts.push({ name: 'files', mountPath: FILES, readOnly: true });
  }
  return {
    restartPolicy: 'Never',
    terminationGracePeriodSeconds: 5,
    automountServiceAccountToken: false,
    enableServiceLinks: false,
    securityContext: {
      runAsNonRoot: true,
      runAsUser: 1000,
      runAsGroup: 1000,
      fsGroup: 1000,
      seccompProfile: { type: 'RuntimeDefault' },
    },
    containers: [
      {
        name: 'probe',
        image: jobs.image,
        command: ['ninefold'],
        args: probeArguments(group, jobs, `${DEFINITIONS}/${DEFINITION_FILE}`),
        env: environmentOf(jobs, needed),
        resources: {
          requests: { cpu: '50m', memory: '128Mi' },
          limits: { cpu: '1', memory: '256Mi' },
        },
        securityContext: {
          allowPrivilegeEscalation: false,
          readOnlyRootFilesystem: true,
          capabilities: { drop: ['ALL'] },
        },
        volumeMounts: mounts,
      },
    ],
    volumes,
  };
}

/** Failures are the collector's to tell: a Job fails only when it could not do its work. */
function probeArguments(
  group: JobGroup,
  jobs: ProbeSettings['jobs'],
  file: string,
): readonly string[] {
  return [
    'probe',
    file,
    ...(group.location === '' ? [] : ['--location', group.location]),
    '--push',
    jobs.pushUrl,
    '--scheduled',
    '$(NINEFOLD_JOB)',
    '--accept-failures',
    '--json',
  ];
}

const TOKEN = 'NINEFOLD_TOKEN';

function environmentOf(
  { secret }: ProbeSettings['jobs'],
  { variables }: NeededSecrets,
): readonly YamlData[] {
  return [
    { name: 'NINEFOLD_JOB', valueFrom: { fieldRef: { fieldPath: JOB_LABEL } } },
    { name: TOKEN, valueFrom: { secretKeyRef: { name: secret, key: TOKEN } } },
    // One that is missing costs only the check that names it, which says so.
    ...variables
      .filter((name) => name !== TOKEN)
      .map((name) => ({
        name,
        valueFrom: { secretKeyRef: { name: secret, key: name, optional: true } },
      })),
  ];
}
