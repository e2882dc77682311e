// Makes what runs a workspace's checks elsewhere: CronJobs for Kubernetes, timers of systemd, and a workflow for CI.
import { posix } from 'node:path';
import {
  awaitsReports,
  ciWorkflow,
  cronJobFiles,
  formatCheckFile,
  type JobGroup,
  jobGroups,
  type JobNeeds,
  REPORTS_MAP,
  systemdUnits,
} from '../synthetics/index.ts';
import type { Artifact, Generator, GeneratorNote } from './artifact.ts';
import { USUAL_JOBS } from './probe-settings.ts';

const KUBERNETES = 'kubernetes';
const SYSTEMD = 'probes/systemd';
const WORKFLOW = 'probes/workflow.yaml';

export const probesGenerator: Generator = {
  kind: 'probes',
  title: 'jobs that run checks: CronJobs, systemd timers, a CI workflow',
  generate({ checks: defined, config, documents = {} }) {
    // What jobs report to the collector, it alone can look at.
    const checks = defined.filter((check) => !awaitsReports(check));
    const jobs = config?.probes?.jobs ?? USUAL_JOBS;
    const artifacts: Artifact[] = [];
    const notes: GeneratorNote[] = [];
    const add = (path: string, text: string, sources: readonly string[]): void =>
      void artifacts.push({ path, kind: this.kind, text, sources });
    if (checks.length === 0) return { artifacts, notes };
    for (const group of jobGroups(checks)) {
      const { name } = group;
      // Artifacts are traced to definitions; a check is known there by its kind and id.
      const sources = group.checks.map(({ id }) => `check ${id}`);
      const { configMap, cronJob, needs, tooLarge } = cronJobFiles(group, jobs, documents);
      add(`${KUBERNETES}/${name}.configmap.yaml`, configMap, sources);
      add(`${KUBERNETES}/${name}.cronjob.yaml`, cronJob, sources);
      const { service, timer } = systemdUnits(group, jobs);
      add(`${SYSTEMD}/${name}.checks.json`, formatCheckFile(group.checks), sources);
      add(`${SYSTEMD}/${name}.service`, service, sources);
      add(`${SYSTEMD}/${name}.timer`, timer, sources);
      notes.push(...notesOn(group, needs, jobs.secret, this.kind));
      if (tooLarge)
        notes.push({
          severity: 'error',
          kind: this.kind,
          source: name,
          message: `${KUBERNETES}/${name}.configmap.yaml holds more than a megabyte, which Kubernetes refuses: give some checks another period, or shorter documents.`,
        });
    }
    // A timer's checks look for documents beside their definitions, as the workspace has them.
    const beside = Object.entries(documents).map(
      ([path, text]) => [posix.normalize(path), text] as const,
    );
    for (const [path, text] of new Map(beside))
      add(
        `${SYSTEMD}/${path}`,
        text,
        checks.map(({ id }) => `check ${id}`),
      );
    add(
      WORKFLOW,
      ciWorkflow(checks),
      checks.map(({ id }) => `check ${id}`),
    );
    return { artifacts, notes };
  },
};

function notesOn(
  group: JobGroup,
  { secrets, reports }: JobNeeds,
  secret: string,
  kind: string,
): readonly GeneratorNote[] {
  const { name, rarer, cut, deadlineSeconds } = group;
  const note = (
    severity: GeneratorNote['severity'],
    source: string,
    message: string,
  ): GeneratorNote => ({ severity, kind, source, message });
  return [
    ...rarer.map((id) =>
      note(
        'warning',
        id,
        `No cron schedule comes as often as this check says: ${name} runs it each time that it runs itself. Let ninefold serve run it, or choose a period that divides an hour or a day.`,
      ),
    ),
    ...cut.map((id) =>
      note(
        'warning',
        id,
        `All tries and waits can take longer than the ${deadlineSeconds} s after which ${name} is ended: shorten timeout or retries, or run it less often.`,
      ),
    ),
    ...[...secrets].map(([key, path]) =>
      note('info', name, `The Secret ${secret} needs the file ${path} under the key ${key}.`),
    ),
    ...[...reports].map(([key, path]) =>
      note(
        'info',
        name,
        `Whoever reports in the file ${path} writes the time into the ConfigMap ${REPORTS_MAP} under the key ${key}.`,
      ),
    ),
  ];
}
