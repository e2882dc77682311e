// What a user imports as 'ninefold': the language in which services, SLOs and connections are defined.

// Definitions.
export { defineService } from './slo/define-service.ts';
export type { ServiceDefinition, ServiceInput } from './slo/define-service.ts';
export { defineSlo, timeSlices } from './slo/define-slo.ts';
export type { SloDefinition, SloInput } from './slo/define-slo.ts';
export { calendar } from './slo/window.ts';

// SLI kinds.
export { ingestEvents } from './slo/sli/ingest-events.ts';
export { kafkaEvents } from './slo/sli/kafka-events.ts';
export { lokiRatio } from './slo/sli/loki-ratio.ts';
export { prometheusExpression } from './slo/sli/prometheus-expression.ts';
export { prometheusGauge } from './slo/sli/prometheus-gauge.ts';
export { prometheusLatency } from './slo/sli/prometheus-latency.ts';
export { prometheusRatio } from './slo/sli/prometheus-ratio.ts';
export type { SliDefinition } from './slo/sli/sli-definition.ts';

// Predicates on the fields of events.
export { all, any, not } from './slo/combine-predicates.ts';

// Connections, for ninefold.config.ts.
export { defineConfig, fromEnvironment, fromFile } from './catalog/define-config.ts';
export type { ConfigDefinition, ConfigInput } from './catalog/define-config.ts';
