// The page about running probes: its workspace is whole, gives the files that the page names, and its limits are those of the code.
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { generate, loadWorkspace } from '../../catalog/index.ts';
import { temporaryFolder } from '../services/services.ts';
import { readPage } from './markdown-page.ts';

const page = readPage('docs/probes-kubernetes.md');
const examples = page.blocks.filter(({ kind }) => kind === 'ts').map(({ code }) => code);

/** The page's workspace with one of its configurations. */
async function workspaceWith(config: string, checks = `${examples[0]}\n${examples[1]}`) {
  const folder = temporaryFolder('probes-page');
  const files = {
    // An SLO may stand beside its check.
    'checks/shop.checks.ts': checks,
    'ninefold.config.ts': `import { defineConfig } from 'ninefold';\n${config}`,
  };
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), text);
  }
  const { catalog, diagnostics } = await loadWorkspace(folder, { timeoutMs: 60_000 });
  expect(diagnostics).toEqual([]);
  if (catalog === undefined) throw new Error('no catalog');
  return catalog;
}

describe('the page about running probes', () => {
  it('has a workspace whose collector runs the checks of a place', async () => {
    const catalog = await workspaceWith(examples[2] ?? '');
    expect(catalog.config?.probes?.serve).toEqual({ location: 'eu', atOnce: 256 });
    expect(catalog.slos.map(({ id, sli }) => [id, sli.form.form])).toEqual([
      ['shop/anywhere', 'events'],
      ['shop/reachable', 'events'],
    ]);
  });

  it('leaves checks of jobs that report by themselves out of the jobs that run checks', async () => {
    const config = examples[2] ?? '';
    const catalog = await workspaceWith(config, examples[4] ?? '');
    expect(catalog.checks.map(({ id }) => id)).toEqual(['shop/backup']);
    const targets = { prometheus: '3.15', alertmanager: '0.34' };
    expect([...generate(catalog, { kinds: ['probes'], targets }).artifacts]).toEqual([]);
  });

  it('gives the jobs that it names, with what its configuration says', async () => {
    const catalog = await workspaceWith(examples[3] ?? '');
    const targets = { prometheus: '3.15', alertmanager: '0.34' };
    const { artifacts, notes } = generate(catalog, { kinds: ['probes'], targets });
    expect([...notes]).toEqual([]);
    const paths = [...artifacts].map(({ path }) => path);
    const named = [
      ...page.blocks.map(({ code }) => code),
      'kubernetes/ninefold-probe-eu-1m.cronjob.yaml',
    ]
      .join('\n')
      .matchAll(/(?:probes\/systemd|kubernetes)\/[\w.-]+/g);
    const files = [...named].map(([path]) => path);
    expect(files.length).toBeGreaterThanOrEqual(4);
    expect(paths).toEqual(expect.arrayContaining(files));
    const cronJob = [...artifacts].find(({ path }) => path.endsWith('eu-1m.cronjob.yaml'));
    const { spec } = parse(cronJob?.text ?? '') as {
      spec: {
        concurrencyPolicy: string;
        startingDeadlineSeconds: number;
        jobTemplate: { spec: { activeDeadlineSeconds: number; template: { spec: object } } };
      };
    };
    expect(spec).toMatchObject({ concurrencyPolicy: 'Forbid', startingDeadlineSeconds: 30 });
    expect(spec.jobTemplate.spec.activeDeadlineSeconds).toBeLessThan(60);
    expect(spec.jobTemplate.spec.template.spec).toMatchObject({
      automountServiceAccountToken: false,
      securityContext: { runAsNonRoot: true },
      containers: [
        {
          image: 'registry.example/ninefold:1.0',
          securityContext: { readOnlyRootFilesystem: true, allowPrivilegeEscalation: false },
          args: expect.arrayContaining([
            '--push',
            'http://ninefold.monitoring:9999',
            '--location',
            'eu',
          ]),
        },
      ],
    });
  });
});
