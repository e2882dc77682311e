// Builds and writes the dashboards of many services in a process of its own, and tells what that took.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import {
  generate,
  keepMemorySmall,
  loadWorkspace,
  TARGETS,
  writeFolder,
} from '../catalog/index.ts';
import { countedServices, counterSlos } from './counted-services.ts';

// As the command `build` does.
keepMemorySmall();
const [count = '', folder = ''] = process.argv.slice(2);
const services = countedServices(Number(count));
const slos = [...counterSlos(services), ...counterSlos(services, 'checkout')];
const shop = await loadWorkspace(join(import.meta.dirname, '../examples/shop'));
if (shop.catalog === undefined) throw new Error('examples/shop is not clean');
const catalog = {
  ...shop.catalog,
  services: slos.slice(0, services.length).map(({ service }) => service),
  slos,
  dashboards: [],
};
const before = process.cpuUsage();
const baseline = process.memoryUsage.rss();
const targets = { prometheus: TARGETS.prometheus[0], alertmanager: TARGETS.alertmanager[0] };
const made = generate(catalog, { kinds: ['dashboards'], targets });
const making = process.cpuUsage(before);
const changes = await writeFolder(folder, made);
const { user, system } = process.cpuUsage(before);
console.log(
  JSON.stringify({
    files: changes.length,
    cpuSeconds: (user + system) / 1e6,
    makingCpuSeconds: (making.user + making.system) / 1e6,
    megabytes: mostMemory() / 1e6,
    baselineMegabytes: baseline / 1e6,
  }),
);

/** Bytes. What `getrusage` tells on Linux begins with the memory of the process that started this one. */
function mostMemory(): number {
  const status = process.platform === 'linux' ? readFileSync('/proc/self/status', 'utf8') : '';
  const own = /^VmHWM:\s+(?<kibibytes>\d+) kB$/m.exec(status)?.groups?.['kibibytes'];
  return Number(own ?? process.resourceUsage().maxRSS) * 1024;
}
