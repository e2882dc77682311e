// What the pages do with kubectl does what they say, in a real cluster with the Prometheus operator's kinds.
import { rmSync, symlinkSync } from 'node:fs';
import path from 'node:path';
import { beforeAll, expect, it } from 'vitest';
import { findKubectl, startKubernetes, type RunningKubernetes } from '../services/kubernetes.ts';
import { definePrometheusRule } from '../services/prometheus-operator.ts';
import { describeWithService } from '../services/services.ts';
import { createCheckout, runShell } from './checkout.ts';
import { pageFiles, readPage } from './markdown-page.ts';
import { shellCommands } from './shell-words.ts';

/** Shell blocks that apply what they build to a cluster, and do nothing else. */
const blocks = pageFiles().flatMap((file) =>
  readPage(file)
    .blocks.filter(({ kind, code }) => kind === 'sh' && appliesOnly(code))
    .map(({ code, line }) => ({ place: `${file}:${line}`, code })),
);

function appliesOnly(code: string): boolean {
  const commands = shellCommands(code).map((words) => words.slice(0, 3).join(' '));
  return (
    commands.some((command) => command.startsWith('kubectl apply')) &&
    commands.every((command) => /^(npx ninefold build|kubectl (apply|label) )/.test(command))
  );
}

describeWithService(['kubernetes', 'kubectl', 'prometheus-operator'], 'a cluster', () => {
  let kubernetes: RunningKubernetes;
  beforeAll(async () => {
    kubernetes = await startKubernetes();
    await definePrometheusRule(kubernetes);
  });

  it.each(blocks)('takes what $place applies', async ({ code }) => {
    const folder = createCheckout();
    try {
      symlinkSync(findKubectl(), path.join(folder, '.bin/kubectl'));
      const ran = await runShell(folder, code, { KUBECONFIG: kubernetes.kubeconfig });
      expect(ran.code, ran.output).toBe(0);
      // A pipeline ends well even where its first command found nothing.
      expect(ran.output).toMatch(/ (serverside-applied|created)\n/);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
