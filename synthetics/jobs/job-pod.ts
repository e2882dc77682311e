// The Pod that tries a group of checks: what it runs, what it sees, and how little it may do.
import type { YamlData } from '../../formats/yaml-writer.ts';
import type { ProbeSettings } from '../../slo/connection.ts';
import type { JobGroup } from './job-group.ts';
import type { JobNeeds, KeyedFiles } from './job-needs.ts';

/** The ConfigMap where other jobs leave the time of their last report; theirs to make and to change. */
export const REPORTS_MAP = 'ninefold-heartbeats';

const DEFINITIONS = '/etc/ninefold/checks';
const FILES = '/etc/ninefold/files';
const REPORTS = '/etc/ninefold/reports';
/** The folders of files as definitions name them: relative files start where definitions are. */
export const FROM_DEFINITIONS = { secrets: '../files', documents: '.', reports: '../reports' };
export const DEFINITION_FILE = 'probe.checks.json';
/** Where Kubernetes keeps the name of the Job, which ends with the minute it was due. */
const JOB_LABEL = `metadata.labels['batch.kubernetes.io/job-name']`;

type Properties = Readonly<Record<string, YamlData | undefined>>;

/** The Pod's specification; `needs` are what the group's checks need. */
export function podSpec(group: JobGroup, jobs: ProbeSettings['jobs'], needs: JobNeeds): Properties {
  const { volumes, mounts } = volumesOf(group, jobs, needs);
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
        env: environmentOf(jobs, needs),
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

/** What the Pod sees: definitions with documents, secret files, and reports of other jobs; the latter may come and change at any time. */
function volumesOf(
  { name }: JobGroup,
  { secret }: ProbeSettings['jobs'],
  { secrets, reports }: JobNeeds,
): { readonly volumes: readonly YamlData[]; readonly mounts: readonly YamlData[] } {
  const volumes: YamlData[] = [{ name: 'checks', configMap: { name } }];
  const mounts: YamlData[] = [{ name: 'checks', mountPath: DEFINITIONS, readOnly: true }];
  if (secrets.size > 0) {
    volumes.push({
      name: 'files',
      secret: {
        secretName: secret,
        optional: true,
        defaultMode: 0o440,
        items: itemsOf(secrets),
      },
    });
    mounts.push({ name: 'files', mountPath: FILES, readOnly: true });
  }
  if (reports.size > 0) {
    volumes.push({
      name: 'reports',
      configMap: { name: REPORTS_MAP, optional: true, items: itemsOf(reports) },
    });
    mounts.push({ name: 'reports', mountPath: REPORTS, readOnly: true });
  }
  return { volumes, mounts };
}

function itemsOf(files: KeyedFiles): readonly YamlData[] {
  return [...files.keys()].map((key) => ({ key, path: key }));
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
  { variables }: JobNeeds,
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
