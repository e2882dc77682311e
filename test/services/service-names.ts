/** The names under which tests and the prepare command ask for servers and tools, and what stands behind each. */
import { alertmanagerDistributions } from './alertmanager.ts';
import { bindDistribution } from './bind.ts';
import { blackboxExporterDistribution } from './blackbox-exporter.ts';
import { chromiumDistribution } from './chromium.ts';
import { locateProgram, locateUrl } from './distribution.ts';
import type { Distribution, LocatedProgram, LocatedUrl, Unavailable } from './distribution.ts';
import { haproxyDistribution } from './haproxy.ts';
import { kafkaDistribution } from './kafka.ts';
import { kubernetesDistribution } from './kubernetes.ts';
import { lokiDistribution } from './loki.ts';
import { nginxDistribution } from './nginx.ts';
import { prometheusOperatorDistribution } from './prometheus-operator.ts';
import { prometheusDistributions } from './prometheus.ts';
import { redisDistribution } from './redis.ts';

const prometheus = prometheusDistributions['3.15'];
const oldPrometheus = prometheusDistributions['2.42'];
const alertmanager = alertmanagerDistributions['0.34'];
const oldAlertmanager = alertmanagerDistributions['0.25'];

/** Every distribution, the quickly made ones first. */
export const distributions: readonly Distribution[] = [
  redisDistribution,
  kafkaDistribution,
  nginxDistribution,
  haproxyDistribution,
  bindDistribution,
  chromiumDistribution,
  blackboxExporterDistribution,
  prometheusOperatorDistribution,
  oldPrometheus,
  alertmanager,
  oldAlertmanager,
  prometheus,
  lokiDistribution,
  kubernetesDistribution,
];

/** What a test can ask for: a server (the environment may name a running one), or a tool that comes with it. */
export const serviceNames = {
  bind: { distribution: bindDistribution },
  'blackbox-exporter': { distribution: blackboxExporterDistribution },
  chromium: { distribution: chromiumDistribution },
  haproxy: { distribution: haproxyDistribution },
  kafka: { distribution: kafkaDistribution },
  kubernetes: { distribution: kubernetesDistribution },
  kubectl: { distribution: kubernetesDistribution, tool: 'kubectl' },
  loki: { distribution: lokiDistribution },
  nginx: { distribution: nginxDistribution },
  redis: { distribution: redisDistribution },
  prometheus: { distribution: prometheus },
  promtool: { distribution: prometheus, tool: 'promtool' },
  'prometheus-2.42': { distribution: oldPrometheus },
  'promtool-2.42': { distribution: oldPrometheus, tool: 'promtool' },
  'prometheus-operator': { distribution: prometheusOperatorDistribution },
  alertmanager: { distribution: alertmanager },
  amtool: { distribution: alertmanager, tool: 'amtool' },
  'alertmanager-0.25': { distribution: oldAlertmanager },
  'amtool-0.25': { distribution: oldAlertmanager, tool: 'amtool' },
} as const satisfies Record<string, { distribution: Distribution; tool?: string }>;

export type ServiceName = keyof typeof serviceNames;

/** Where the named server or tool is now; fetches and builds nothing. */
export function locateService(name: ServiceName): LocatedUrl | LocatedProgram | Unavailable {
  const service: { distribution: Distribution; tool?: string } = serviceNames[name];
  if (service.tool !== undefined) return locateProgram(service.distribution, service.tool);
  return locateUrl(service.distribution) ?? locateProgram(service.distribution);
}
