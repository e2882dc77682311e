// Generated jobs run checks: a real Kubernetes makes the Job on schedule, its Pod's command lands in a real collector, and pages.
import { spawn } from 'node:child_process';
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it, onTestFinished } from 'vitest';
import { parse } from 'yaml';
import { generate, loadWorkspace } from '../../catalog/index.ts';
import { changeTokenFile } from '../../collector/token-file.ts';
import { mintToken } from '../../collector/tokens.ts';
import type { Run } from '../../synthetics/index.ts';
import { type ServedCollector, serveWorkspace } from '../e2e/served-collector.ts';
import type { KubernetesObject } from '../services/kubernetes-client.ts';
import { runPod } from '../services/kubernetes-kubelet.ts';
import { startKubernetes } from '../services/kubernetes.ts';
import { describeWithService, temporaryFolder } from '../services/services.ts';
import { startWebhookSink } from '../services/webhook-sink.ts';
import { createCertificateAuthority } from '../synthetics/certificate-authority.ts';
import { rawServer, reply } from '../synthetics/raw-server.ts';

const LAUNCH = join(import.meta.dirname, '../../cli/launch.js');
const programs = { ninefold: [process.execPath, LAUNCH] } as const;

const served: ServedCollector[] = [];
afterEach(async () => {
  for (const each of served.splice(0)) await each.kill('SIGKILL');
});

/** A collector of a workspace whose one check asks for a token that it must be given. */
async function servedShop(target: string, webhook: string) {
  const collector = await serveWorkspace('probe-jobs', {
    'ninefold.config.ts': `import { defineConfig } from 'ninefold';
export default defineConfig({
  store: { kind: 'memory' },
  http: { port: PORT, tokensFile: 'tokens.json' },
  webhooks: [{ name: 'pager', url: '${webhook}' }],
  probes: { pushUrl: 'http://127.0.0.1:PORT', image: 'registry.example/ninefold:1.0' },
});`,
    'shop.checks.ts': `import { checkRatio, defineCheck, defineService, defineSlo, fromEnvironment, fromFile, http } from 'ninefold';
const service = defineService({ name: 'shop', team: 'web' });
export const home = defineCheck({
  service, name: 'home', every: '1m', locations: ['eu'], timeout: '5s',
  probe: http({
    url: '${target}/',
    headers: { 'x-key': fromFile('/run/secrets/shop-key') },
    auth: { bearer: fromEnvironment('SHOP_TOKEN') },
  }),
});
export const reachable = defineSlo({ service, name: 'reachable', objective: '99.9%', sli: checkRatio({ check: home }) });`,
  });
  served.push(collector);
  const now = Math.floor(Date.now() / 1000);
  const { token, record } = mintToken({ name: 'jobs', scopes: ['read', 'ingest'], now });
  await changeTokenFile(join(collector.folder, 'tokens.json'), () => [record]);
  await collector.start();
  return { collector, token };
}

async function artifactsOf(folder: string) {
  const { catalog, diagnostics } = await loadWorkspace(folder, { timeoutMs: 120_000 });
  if (catalog === undefined) throw new Error(JSON.stringify(diagnostics));
  const targets = { prometheus: '3.15', alertmanager: '0.34' };
  const { artifacts, notes } = generate(catalog, { kinds: ['probes'], targets });
  return { artifacts: [...artifacts], notes };
}

const ownedBy =
  (owner: string) =>
  ({ metadata }: KubernetesObject): boolean =>
    metadata.ownerReferences?.some(({ name }) => name === owner) === true;

describeWithService(['kubernetes'], 'a CronJob of checks', () => {
  it('is made on the minute, sends its results, burns the SLO, and pages', async () => {
    const target = await rawServer(reply('500 Oh', 'sorry'));
    const pager = await startWebhookSink();
    onTestFinished(() => pager.stop());
    const { collector, token } = await servedShop(target.url, pager.url);
    const { artifacts, notes } = await artifactsOf(collector.folder);
    expect(notes.map(({ message }) => message)).toEqual([
      'The Secret ninefold-probes needs the file /run/secrets/shop-key under the key run.secrets.shop-key.',
    ]);
    const kubernetes = await startKubernetes({ controllers: ['cronjob', 'job', 'serviceaccount'] });
    onTestFinished(() => kubernetes.stop());
    const { client } = kubernetes;
    await client.applyManifest(
      JSON.stringify({
        apiVersion: 'v1',
        kind: 'Secret',
        metadata: { name: 'ninefold-probes' },
        stringData: {
          NINEFOLD_TOKEN: token,
          SHOP_TOKEN: 'let-me-in',
          'run.secrets.shop-key': 'under-the-mat',
        },
      }),
    );
    const manifests = artifacts.filter(({ path }) => path.startsWith('kubernetes/'));
    expect(manifests.map(({ path }) => path).sort()).toEqual([
      'kubernetes/ninefold-probe-eu-1m.configmap.yaml',
      'kubernetes/ninefold-probe-eu-1m.cronjob.yaml',
    ]);
    for (const { text } of manifests) {
      const [stored] = await client.applyManifest(text);
      expect(stored).toMatchObject(parse(text) as object);
    }

    const name = 'ninefold-probe-eu-1m';
    const job = await client.waitFor('batch/v1', 'Job', ownedBy(name), 90_000);
    const pod = await client.waitFor('v1', 'Pod', ownedBy(job.metadata.name));
    const first = await runPod(client, pod, { programs });
    expect(first.output).toContain('1 result taken by the collector');
    expect(first.exitCode).toBe(0);
    const run = JSON.parse(first.output.split('\n')[0] ?? '') as Run;
    const due = Date.parse(
      job.metadata.annotations?.['batch.kubernetes.io/cronjob-scheduled-timestamp'] ?? '',
    );
    expect(run).toMatchObject({ check: 'shop/home', location: 'eu', verdict: 'failed' });
    const late = (run.scheduledAtMs ?? 0) - due;
    expect(late).toBeGreaterThanOrEqual(0);
    expect(late).toBeLessThanOrEqual(6000);
    expect(target.requests[0]).toMatch(/authorization: Bearer let-me-in/i);
    expect(target.requests[0]).toMatch(/x-key: under-the-mat/i);
    expect(first.output).not.toContain('let-me-in');

    // A second failure, at once: the Job that somebody makes by hand has no time of its own.
    const made = kubernetes.kubectl(['create', 'job', 'by-hand', `--from=cronjob/${name}`]);
    expect(made.status, made.output).toBe(0);
    const other = await client.waitFor('v1', 'Pod', ownedBy('by-hand'));
    const second = await runPod(client, other, { programs });
    expect(second.output).not.toContain('scheduledAtMs');
    expect(second.exitCode).toBe(0);
    const page = await pager.waitFor(({ text }) => text.includes('"severity":"page"'));
    expect(page.text).toContain('shop/reachable');
  });
});

describeWithService(['kubernetes'], 'a CronJob of checks with files', () => {
  it('brings documents along, and reads what other jobs report', async () => {
    const authority = createCertificateAuthority();
    onTestFinished(() => authority.remove());
    const target = await rawServer(
      reply('200 OK', '{"price":1}', { 'Content-Type': 'application/json' }),
      authority.issue(['IP:127.0.0.1']),
    );
    const collector = await serveWorkspace('probe-files', {
      'ninefold.config.ts': `import { defineConfig } from 'ninefold';
export default defineConfig({ store: { kind: 'memory' }, http: { port: PORT }, probes: { pushUrl: 'http://127.0.0.1:PORT' } });`,
      'order.schema.json': '{ "$defs": { "Order": { "type": "object", "required": ["price"] } } }',
      'shop.openapi.yaml': `openapi: 3.1.0
paths:
  /order: { get: { responses: { '200': { description: one, content: { application/json: { schema: { required: [nothing] } } } } } } }
`,
      'ca.pem': readFileSync(authority.file, 'utf8'),
      'shop.checks.ts': `import { contract, defineCheck, defineService, freshness, heartbeat } from 'ninefold';
const service = defineService({ name: 'shop', team: 'web' });
const order = { service, every: '1h', timeout: '5s' } as const;
const url = '${target.url}/order';
const tls = { ca: 'ca.pem' };
export const kept = defineCheck({ ...order, name: 'kept', probe: contract({ url, tls, schema: 'order.schema.json#/$defs/Order' }) });
export const broken = defineCheck({ ...order, name: 'broken', probe: contract({ url, tls, openapi: 'shop.openapi.yaml', operation: 'GET /order' }) });
export const seen = defineCheck({ ...order, name: 'seen', probe: freshness({ write: { url, tls }, read: { url, tls, expect: (answer) => answer.body.contains('price') }, within: '1s' }) });
export const backup = defineCheck({ ...order, name: 'backup', probe: heartbeat({ file: '/var/backup/last', within: '1h' }) });`,
    });
    served.push(collector);
    await collector.start();
    const { artifacts, notes } = await artifactsOf(collector.folder);
    expect(notes.map(({ message }) => message)).toEqual([
      'Whoever reports in the file /var/backup/last writes the time into the ConfigMap ninefold-heartbeats under the key var.backup.last.',
    ]);
    const timers = artifacts.filter(({ path }) => path.startsWith('probes/systemd/'));
    expect(timers.map(({ path }) => path)).toContain('probes/systemd/shop.openapi.yaml');
    const kubernetes = await startKubernetes({ controllers: ['job', 'serviceaccount'] });
    onTestFinished(() => kubernetes.stop());
    const { client } = kubernetes;
    const kubectl = (args: readonly string[]) => kubernetes.kubectl(args);
    for (const { path, text } of artifacts)
      if (path.startsWith('kubernetes/')) await client.applyManifest(text);
    const secret = ['create', 'secret', 'generic', 'ninefold-probes'];
    expect(kubectl([...secret, '--from-literal=NINEFOLD_TOKEN=none']).status).toBe(0);

    const runs = async (name: string): Promise<Record<string, string>> => {
      expect(kubectl(['create', 'job', name, '--from=cronjob/ninefold-probe-1h']).status).toBe(0);
      const pod = await client.waitFor('v1', 'Pod', ownedBy(name));
      const { output } = await runPod(client, pod, { programs });
      const lines = output.split('\n').filter((line) => line.startsWith('{'));
      const told = lines.map((line) => JSON.parse(line) as Run);
      return Object.fromEntries(
        told.map(({ check, verdict, reason }) => [check, reason?.message ?? verdict]),
      );
    };
    const expected = {
      'shop/kept': 'passed',
      'shop/broken': expect.stringContaining("body must have required property 'nothing'"),
      'shop/seen': 'passed',
    };
    expect(await runs('before')).toEqual({
      ...expected,
      'shop/backup': expect.stringContaining('cannot be read'),
    });
    // As the job that is watched does at its end.
    const report = `--from-literal=var.backup.last=${new Date().toISOString()}`;
    expect(kubectl(['create', 'configmap', 'ninefold-heartbeats', report]).status).toBe(0);
    expect(await runs('after')).toEqual({ ...expected, 'shop/backup': 'passed' });
  });
});

describe('what is generated beside CronJobs', () => {
  it('runs as it stands: the service of systemd, and the step of CI', async () => {
    const target = await rawServer(reply('200 OK', 'fine'));
    const { collector, token } = await servedShop(target.url, 'http://127.0.0.1:9/');
    const { artifacts } = await artifactsOf(collector.folder);
    const textOf = (path: string): string =>
      artifacts.find((artifact) => artifact.path === path)?.text ?? '';
    const folder = temporaryFolder('probe-jobs-here');
    mkdirSync(join(folder, 'bin'), { recursive: true });
    for (const [program, words] of [
      ['ninefold', `"${process.execPath}" "${LAUNCH}"`],
      ['npx', `shift; exec "${process.execPath}" "${LAUNCH}"`],
    ] as const) {
      const file = join(folder, 'bin', program);
      writeFileSync(file, `#!/bin/sh\n${program === 'npx' ? words : `exec ${words}`} "$@"\n`);
      chmodSync(file, 0o755);
    }
    writeFileSync(join(folder, 'key'), 'under-the-mat');
    const PATH = `${join(folder, 'bin')}:${process.env['PATH'] ?? ''}`;
    const run = (command: string, cwd: string) =>
      runShell(command, cwd, { PATH, HOME: folder, NINEFOLD_TOKEN: token, SHOP_TOKEN: 'x' });

    const name = 'ninefold-probe-eu-1m';
    const definitions = textOf(`probes/systemd/${name}.checks.json`);
    writeFileSync(
      join(folder, `${name}.checks.json`),
      definitions.replace('/run/secrets/shop-key', join(folder, 'key')),
    );
    const start = /^ExecStart=(.*)$/m.exec(textOf(`probes/systemd/${name}.service`))?.[1] ?? '';
    const unit = await run(start.replace('/etc/ninefold', folder), folder);
    expect(unit.output).toContain('1 result taken by the collector');
    expect(unit.status).toBe(0);

    const workflow = parse(textOf('probes/workflow.yaml')) as {
      jobs: { probe: { steps: { name?: string; run?: string; env?: object }[] } };
    };
    const step = workflow.jobs.probe.steps.find((each) => each.name === 'Try the checks');
    expect(step?.env).toEqual({ SHOP_TOKEN: '${{ secrets.SHOP_TOKEN }}' });
    const ci = await run(step?.run ?? '', collector.folder);
    // The file of the secret is not on this machine: the check cannot be tried, and CI says so.
    expect(ci.output).toContain('the file /run/secrets/shop-key cannot be read');
    expect(ci.status).toBe(2);
  });
});

async function runShell(command: string, cwd: string, env: Readonly<Record<string, string>>) {
  // Not spawnSync: the target of the checks answers from this process.
  const child = spawn('/bin/sh', ['-c', command], { cwd, env });
  let output = '';
  child.stdout.on('data', (text) => (output += String(text)));
  child.stderr.on('data', (text) => (output += String(text)));
  const status = await new Promise<number | null>((resolve) => child.once('close', resolve));
  return { status, output };
}
