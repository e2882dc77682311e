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

// Who is told: teams, their receivers, and what they share.
export { defineTeam } from './alerts/define-team.ts';
export type { TeamDefinition, TeamInput } from './alerts/define-team.ts';
export { defineRouting } from './alerts/define-routing.ts';
export type { RoutingDefinition, RoutingInput } from './alerts/define-routing.ts';
export { discord } from './alerts/receivers/discord.ts';
export { email } from './alerts/receivers/email.ts';
export { incidentio } from './alerts/receivers/incidentio.ts';
export { jira } from './alerts/receivers/jira.ts';
export { mattermost } from './alerts/receivers/mattermost.ts';
export { msteams } from './alerts/receivers/msteams.ts';
export { msteamsv2 } from './alerts/receivers/msteamsv2.ts';
export { opsgenie } from './alerts/receivers/opsgenie.ts';
export { pagerduty } from './alerts/receivers/pagerduty.ts';
export { pushover } from './alerts/receivers/pushover.ts';
export { rocketchat } from './alerts/receivers/rocketchat.ts';
export { slack } from './alerts/receivers/slack.ts';
export { sns } from './alerts/receivers/sns.ts';
export { telegram } from './alerts/receivers/telegram.ts';
export { victorops } from './alerts/receivers/victorops.ts';
export { webex } from './alerts/receivers/webex.ts';
export { webhook } from './alerts/receivers/webhook.ts';
export { wechat } from './alerts/receivers/wechat.ts';
export type { ReceiverDefinition } from './alerts/receivers/receiver.ts';

// What to do about an alert.
export { defineRunbook } from './runbooks/define-runbook.ts';
export type { RunbookDefinition, RunbookInput } from './runbooks/define-runbook.ts';

// Dashboards of users' own: what is seen, how it looks, and how it is arranged.
export { collapsedRow, defineDashboard, row, sloRow } from './dashboards/dashboard.ts';
export type { Dashboard, DashboardInput, Row } from './dashboards/dashboard.ts';
export { barGaugePanel, gaugePanel, statPanel, textPanel } from './dashboards/panel.ts';
export { heatmapPanel, stateTimelinePanel, timeSeriesPanel } from './dashboards/panel.ts';
export { logsPanel, nodeGraphPanel, tablePanel, tracesPanel } from './dashboards/panel.ts';
export type { Panel } from './dashboards/panel.ts';
export { counterSignal, gaugeSignal, histogramSignal } from './dashboards/signal.ts';
export { infoSignal, logqlSignal, promqlSignal, traceqlSignal } from './dashboards/signal.ts';
export type { Signal } from './dashboards/signal.ts';
export { defineTelemetry } from './dashboards/define-telemetry.ts';
export type { TelemetryDefinition, TelemetryInput } from './dashboards/define-telemetry.ts';

// Checks: what is tried from outside, and how.
export { defineCheck } from './synthetics/define-check.ts';
export type { CheckDefinition, CheckInput } from './synthetics/define-check.ts';
export { contract } from './synthetics/checks/contract.ts';
export { dns } from './synthetics/checks/dns.ts';
export { freshness } from './synthetics/checks/freshness.ts';
export { grpc } from './synthetics/checks/grpc.ts';
export { heartbeat } from './synthetics/checks/heartbeat.ts';
export { http } from './synthetics/checks/http.ts';
export { journey } from './synthetics/checks/journey.ts';
export { tcp } from './synthetics/checks/tcp.ts';
export { tls } from './synthetics/checks/tls.ts';
export { websocket } from './synthetics/checks/websocket.ts';
export { checkRatio } from './synthetics/check-ratio.ts';
export type { CheckRatioInput } from './synthetics/check-ratio.ts';
export type { ProbeDefinition } from './synthetics/probe-definition.ts';

// Connections, for ninefold.config.ts.
export { defineConfig, fromEnvironment, fromFile } from './catalog/define-config.ts';
export type { ConfigDefinition, ConfigInput } from './catalog/define-config.ts';
