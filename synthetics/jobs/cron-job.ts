// A group of checks as Kubernetes runs it: a ConfigMap with definitions and documents, and a CronJob that tries them and sends the results.
import { writeYaml, type YamlData } from '../../formats/yaml-writer.ts';
import type { ProbeSettings } from '../../slo/connection.ts';
import { formatCheckFile } from '../check-file.ts';
import type { JobGroup } from './job-group.ts';
import { type JobNeeds, withFilesIn } from './job-needs.ts';
import { DEFINITION_FILE, FROM_DEFINITIONS, podSpec } from './job-pod.ts';

export interface CronJobFiles {
  readonly configMap: string;
  readonly cronJob: string;
  readonly needs: JobNeeds;
  /** Whether Kubernetes would refuse the ConfigMap for its size. */
  readonly tooLarge: boolean;
}

/** Kubernetes refuses more than a mebibyte with all that is around it. */
const LARGEST = 1_000_000;

/** The resources of a group, as YAML; `documents` are the texts of files that checks name, by their path. */
export function cronJobFiles(
  group: JobGroup,
  jobs: ProbeSettings['jobs'],
  documents: Readonly<Record<string, string>>,
): CronJobFiles {
  const isKnown = (path: string): boolean => Object.hasOwn(documents, path);
  const { checks, needs } = withFilesIn(group.checks, FROM_DEFINITIONS, isKnown);
  const data = Object.fromEntries([
    ...[...needs.documents].map(([key, path]) => [key, documents[path] ?? ''] as const),
    [DEFINITION_FILE, formatCheckFile(checks)] as const,
  ]);
  const size = Object.values(data).reduce(
    (sum, text) => sum + new TextEncoder().encode(text).length,
    0,
  );
  return {
    configMap: writeYaml({
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: metadataOf(group),
      data,
    }),
    cronJob: writeYaml({
      apiVersion: 'batch/v1',
      kind: 'CronJob',
      metadata: metadataOf(group),
      spec: cronJobSpec(group, jobs, needs),
    }),
    needs,
    tooLarge: size > LARGEST,
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

function cronJobSpec(group: JobGroup, jobs: ProbeSettings['jobs'], needs: JobNeeds): Properties {
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
          spec: podSpec(group, jobs, needs),
        },
      },
    },
  };
}
