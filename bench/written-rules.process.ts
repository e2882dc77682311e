// Writes the rules of many SLOs in a process of its own, and tells what that took.
import process from 'node:process';
import { generatePrometheusRules } from '../alerts/rules/prometheus-rules.ts';
import { countedServices, counterSlos } from './counted-services.ts';
import { cpuSeconds } from './measurement.ts';

const [count = '', shared = ''] = process.argv.slice(2);
const slos = counterSlos(countedServices(Number(count)));
const before = process.memoryUsage.rss();
let bytes = 0;
let files = 0;
const seconds = await cpuSeconds(() => {
  const made = generatePrometheusRules(slos, { target: '3.15', shared: shared === 'shared' });
  // Each file is let go of once it is written.
  for (const { text } of made.files) {
    bytes += text.length;
    files += 1;
  }
});
const grown = process.memoryUsage.rss() - before;
console.log(JSON.stringify({ seconds, grown, bytes, files }));
