// Saturation, logs and traces of a service, from what its users state about its telemetry.
import type { ServiceTelemetry } from '../define-telemetry.ts';
import { logsPanel, type Panel, timeSeriesPanel, tracesPanel } from '../panel.ts';
import { logqlSignal, promqlSignal, traceqlSignal } from '../signal.ts';

/** How full the processes are, by the metrics that every Prometheus client library has. */
export function saturationPanels({ processes }: ServiceTelemetry): readonly Panel[] {
  if (processes === undefined) return [];
  const each = (series: string): string => `${series}${processes}`;
  return [
    timeSeriesPanel({
      title: 'CPU',
      description: 'Processors that each process keeps busy: process_cpu_seconds_total.',
      signals: [
        promqlSignal({
          name: 'CPU',
          description: 'process_cpu_seconds_total',
          unit: 'multiple',
          labels: ['instance'],
          expression: `sum by (instance) (rate(${each('process_cpu_seconds_total')}[$__rate_interval]))`,
        }),
      ],
      width: 8,
      min: 0,
      whenEmpty: 'No process is scraped',
    }),
    timeSeriesPanel({
      title: 'Memory',
      description: 'Resident memory of each process: process_resident_memory_bytes.',
      signals: [
        promqlSignal({
          name: 'memory',
          description: 'process_resident_memory_bytes',
          unit: 'bytes',
          labels: ['instance'],
          expression: `max by (instance) (${each('process_resident_memory_bytes')})`,
        }),
      ],
      width: 8,
      min: 0,
      whenEmpty: 'No process is scraped',
    }),
    timeSeriesPanel({
      title: 'Open files',
      description:
        'The share of the open files that are allowed: process_open_fds over process_max_fds.',
      signals: [
        promqlSignal({
          name: 'open files',
          description: 'process_open_fds over process_max_fds',
          unit: 'ratio',
          labels: ['instance'],
          expression: `max by (instance) (${each('process_open_fds')} / ${each('process_max_fds')})`,
        }),
      ],
      width: 8,
      min: 0,
      limits: [{ at: 0.9, unit: 'ratio', shade: 'warning', name: 'nearly none left' }],
      whenEmpty: 'No process is scraped',
    }),
  ];
}

/** Lines and traces of the service in the time that the reader looks at. */
export function recordPanels({ service, logs, traces }: ServiceTelemetry): readonly Panel[] {
  return [
    ...(logs === undefined
      ? []
      : [
          logsPanel({
            title: 'Logs',
            description: `Lines of ${service}; a trace_id in them leads to the trace.`,
            signals: [
              logqlSignal({
                name: 'logs',
                description: `lines of ${service}`,
                unit: 'count',
                expression: logs,
              }),
            ],
            whenEmpty: 'No lines',
            mayBeEmpty: 'Nothing was logged.',
          }),
        ]),
    ...(traces === undefined
      ? []
      : [
          tracesPanel({
            title: 'Failed traces',
            description: `Traces in which ${service} failed; they lead to its logs and metrics.`,
            signals: [
              traceqlSignal({
                name: 'traces',
                description: `traces of ${service}`,
                unit: 'count',
                expression: `{ resource.service.name = "${traces}" && status = error }`,
              }),
            ],
            whenEmpty: 'No failed traces',
            mayBeEmpty: 'Nothing failed.',
          }),
        ]),
  ];
}
