import { beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { runPod } from './kubernetes-kubelet.ts';
import { startKubernetes } from './kubernetes.ts';
import type { RunningKubernetes } from './kubernetes.ts';
import type { KubernetesObject } from './kubernetes-client.ts';
import { describeWithService } from './services.ts';

const SETTINGS = `apiVersion: v1
kind: ConfigMap
metadata: { name: settings }
data: { greeting.txt: "good morning" }
---
apiVersion: v1
kind: Secret
metadata: { name: pass }
stringData: { word: sesame }
`;

const cronJob = (name: string, schedule: string, command: readonly string[]): string => `
apiVersion: batch/v1
kind: CronJob
metadata: { name: ${name} }
spec:
  schedule: '${schedule}'
  concurrencyPolicy: Forbid
  startingDeadlineSeconds: 30
  jobTemplate:
    spec:
      backoffLimit: 0
      template:
        spec:
          restartPolicy: Never
          containers:
            - name: main
              image: example/greeter:1
              command: ${JSON.stringify(command)}
              env:
                - { name: WORD, valueFrom: { secretKeyRef: { name: pass, key: word } } }
                - name: JOB
                  valueFrom: { fieldRef: { fieldPath: "metadata.labels['batch.kubernetes.io/job-name']" } }
                - { name: NONE, valueFrom: { secretKeyRef: { name: none, key: word, optional: true } } }
              volumeMounts:
                - { name: settings, mountPath: /etc/settings }
                - { name: none, mountPath: /etc/none }
          volumes:
            - { name: settings, configMap: { name: settings } }
            - { name: none, secret: { secretName: none, optional: true } }
`;

describeWithService(['kubernetes'], 'kubernetes', () => {
  describe('an API server', () => {
    let kubernetes: RunningKubernetes;
    beforeAll(async () => {
      kubernetes = await startKubernetes();
    });

    it('gives back what was applied', async () => {
      const [map] = await kubernetes.client.applyManifest(SETTINGS);
      expect(map).toMatchObject({ kind: 'ConfigMap', data: { 'greeting.txt': 'good morning' } });
      expect(await kubernetes.client.read('v1', 'ConfigMap', 'settings')).toEqual(map);
    });

    it('stores nothing in a dry run', async () => {
      const dry = SETTINGS.replaceAll('settings', 'dry-settings');
      expect(await kubernetes.client.dryRun(dry)).toHaveLength(2);
      expect(await kubernetes.client.read('v1', 'ConfigMap', 'dry-settings')).toBeUndefined();
    });

    it('refuses a CronJob with all complaints at once', async () => {
      const wrong = cronJob('wrong', '61 * * * *', ['true'])
        .replace('Forbid', 'Never')
        .replace('example/greeter:1', "''");
      const refusal = kubernetes.client.dryRun(wrong);
      await expect(refusal).rejects.toThrow(/spec\.schedule: Invalid value: "61 \* \* \* \*"/);
      await expect(refusal).rejects.toThrow(/spec\.concurrencyPolicy: Unsupported value: "Never"/);
      await expect(refusal).rejects.toThrow(/containers\[0\]\.image: Required value/);
    });

    it.each([
      ['an unknown field', 'schedule:', 'scheduel:', 'scheduel'],
      ['a value of another type', '30', 'soon', 'startingDeadlineSeconds'],
      ['a name that is none', 'name: wrong', 'name: Wrong_', 'Wrong_'],
    ])('refuses %s', async (_, right, wrong, named) => {
      const manifest = cronJob('wrong', '* * * * *', ['true']).replace(right, wrong);
      await expect(kubernetes.client.dryRun(manifest)).rejects.toThrow(named);
    });

    it('says the same to its own kubectl', () => {
      const apply = (manifest: string): { status: number; output: string } =>
        kubernetes.kubectl(['apply', '--dry-run=server', '--filename=-'], manifest);
      const right = apply(cronJob('right', '* * * * *', ['true']));
      expect(right.status).toBe(0);
      expect(right.output).toContain('Warning: would violate PodSecurity "restricted:latest"');
      const refused = apply(cronJob('wrong', '61 * * * *', ['true']));
      expect(refused.output).toContain('end of range (61) above maximum (59)');
      expect(refused.status).toBe(1);
    });

    it('keeps its objects over a restart', async () => {
      await kubernetes.restart();
      expect(await kubernetes.client.read('v1', 'ConfigMap', 'settings')).toBeDefined();
    });

    it('is gone after stop', async () => {
      await kubernetes.stop();
      await expect(kubernetes.client.list('v1', 'ConfigMap')).rejects.toThrow('ECONNREFUSED');
    });
  });

  describe('with the controllers of jobs', () => {
    let kubernetes: RunningKubernetes;
    beforeAll(async () => {
      kubernetes = await startKubernetes({ controllers: ['cronjob', 'job', 'serviceaccount'] });
      await kubernetes.client.applyManifest(SETTINGS);
    });

    it('makes the Job of a CronJob on the minute, whose Pod a test can run', async () => {
      const { client } = kubernetes;
      const greet = [
        'sh',
        '-c',
        'echo "$(cat /etc/none/../settings/greeting.txt), $WORD, $JOB, ${NONE-none}"',
      ];
      await client.applyManifest(cronJob('greeter', '* * * * *', greet));
      const job = await client.waitFor('batch/v1', 'Job', belongsTo('greeter'), 90_000);
      const scheduled =
        job.metadata.annotations?.['batch.kubernetes.io/cronjob-scheduled-timestamp'];
      const minute = Date.parse(scheduled ?? '') / 60_000;
      expect(job.metadata.name).toBe(`greeter-${minute}`);

      const pod = await client.waitFor('v1', 'Pod', belongsTo(job.metadata.name));
      const run = await runPod(client, pod);
      expect(run).toEqual({
        exitCode: 0,
        output: `good morning, sesame, greeter-${minute}, none\n`,
      });
      await client.waitFor('batch/v1', 'Job', hasCondition(job.metadata.name, 'Complete'));
    });

    it('calls the Job failed whose command fails', async () => {
      const { client } = kubernetes;
      await client.applyManifest(jobOf(cronJob('failing', '* * * * *', ['sh', '-c', 'exit 3'])));
      const pod = await client.waitFor('v1', 'Pod', belongsTo('failing'));
      expect(await runPod(client, pod)).toMatchObject({ exitCode: 3 });
      await client.waitFor('batch/v1', 'Job', hasCondition('failing', 'Failed'));
    });
  });
});

function belongsTo(owner: string): (object: KubernetesObject) => boolean {
  return ({ metadata }) => metadata.ownerReferences?.some(({ name }) => name === owner) === true;
}

function hasCondition(name: string, type: string): (object: KubernetesObject) => boolean {
  return ({ metadata, ...object }) => {
    const { conditions = [] } = object['status'] as {
      readonly conditions?: readonly { readonly type: string; readonly status: string }[];
    };
    const holds = conditions.some((each) => each.type === type && each.status === 'True');
    return metadata.name === name && holds;
  };
}

/** The Job that a CronJob would make, at once. */
function jobOf(manifest: string): string {
  const { metadata, spec } = parse(manifest) as {
    readonly metadata: object;
    readonly spec: { readonly jobTemplate: { readonly spec: object } };
  };
  return JSON.stringify({
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata,
    spec: spec.jobTemplate.spec,
  });
}
