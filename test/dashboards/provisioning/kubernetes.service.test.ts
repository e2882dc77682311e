// ConfigMaps of dashboards in a real API server, up to the largest one that is made.
import { beforeAll, expect, it } from 'vitest';
import { parse } from 'yaml';
import { folderOf } from '../../../dashboards/folder.ts';
import {
  dashboardConfigMap,
  LARGEST_CONFIG_MAP,
} from '../../../dashboards/provisioning/config-map.ts';
import { startKubernetes, type RunningKubernetes } from '../../services/kubernetes.ts';
import { describeWithService } from '../../services/services.ts';

interface ConfigMap {
  readonly data: Readonly<Record<string, string>>;
}

/** A dashboard whose JSON has this many bytes. */
function dashboardOf(bytes: number, letter = 'é'): object {
  const around = JSON.stringify({ title: '' }).length;
  return { title: letter.repeat((bytes - around) / Buffer.byteLength(letter)) };
}

describeWithService(['kubernetes', 'kubectl'], 'the ConfigMap of a dashboard', () => {
  let kubernetes: RunningKubernetes;
  beforeAll(async () => {
    kubernetes = await startKubernetes();
  });

  it('is taken when it is as large as one is made', async () => {
    const dashboard = dashboardOf(LARGEST_CONFIG_MAP);
    const [stored] = await kubernetes.client.applyManifest(
      dashboardConfigMap('large', dashboard, folderOf()) ?? '',
    );
    const data = (stored as unknown as ConfigMap).data['large.json'] ?? '';
    expect(Buffer.byteLength(data)).toBe(LARGEST_CONFIG_MAP);
    expect(JSON.parse(data)).toEqual(dashboard);
  });

  it('is refused where it is larger than a mebibyte: the limit is there for a reason', async () => {
    const map = parse(dashboardConfigMap('large', {}, folderOf()) ?? '') as object;
    const data = { 'large.json': JSON.stringify(dashboardOf(1_048_578)) };
    const refusal = kubernetes.client.dryRun(JSON.stringify({ ...map, data }));
    await expect(refusal).rejects.toThrow('may not be more than 1048576 bytes');
  });

  it('needs --server-side of kubectl from a quarter of a mebibyte on', () => {
    const manifest = dashboardConfigMap('middle', dashboardOf(300_000), folderOf()) ?? '';
    const apply = (...args: string[]): string =>
      kubernetes.kubectl(['apply', '--dry-run=server', '--filename=-', ...args], manifest).output;
    expect(apply()).toContain('metadata.annotations: Too long: may not be more than 262144 bytes');
    expect(apply('--server-side')).toContain('configmap/middle serverside-applied');
  });
});
