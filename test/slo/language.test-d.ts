// What must not compile: the compiler fails on this file when a line marked as an error is none.
import {
  all,
  any,
  calendar,
  defineConfig,
  defineService,
  defineSlo,
  fromEnvironment,
  ingestEvents,
  kafkaEvents,
  lokiRatio,
  not,
  prometheusExpression,
  prometheusGauge,
  prometheusLatency,
  prometheusRatio,
  timeSlices,
} from 'ninefold';

const service = defineService({ name: 'checkout', team: 'shop', tier: 'critical' });
const sli = prometheusRatio({ total: 'a', bad: 'b' });
const minimal = { service, name: 'availability', objective: '99.9%', sli } as const;

// Services.
// @ts-expect-error a service needs a team
defineService({ name: 'checkout' });
// @ts-expect-error a tier is one of four
defineService({ name: 'checkout', team: 'shop', tier: 'gold' });
// @ts-expect-error a misspelt property
defineService({ name: 'checkout', team: 'shop', descripton: 'x' });
// @ts-expect-error a link has a scheme
defineService({ name: 'checkout', team: 'shop', links: { wiki: 'wiki.example' } });
// @ts-expect-error a label is text
defineService({ name: 'checkout', team: 'shop', labels: { zone: 1 } });

// SLOs.
defineSlo(minimal);
// @ts-expect-error an objective is text, never a float
defineSlo({ ...minimal, objective: 0.999 });
// @ts-expect-error an objective has a percent sign
defineSlo({ ...minimal, objective: '99.9' });
// @ts-expect-error the service is missing
defineSlo({ name: 'availability', objective: '99.9%', sli });
// @ts-expect-error a service is passed itself, not by name
defineSlo({ ...minimal, service: 'checkout' });
// @ts-expect-error an SLO is no service
defineSlo({ ...minimal, service: defineSlo(minimal) });
// @ts-expect-error an SLI is what an SLI kind returned
defineSlo({ ...minimal, sli: 'a / b' });
// @ts-expect-error an unknown property
defineSlo({ service, name: 'a', objective: '99%', sli, target: '99%' });
// @ts-expect-error a window has a unit
defineSlo({ ...minimal, window: '30' });
// @ts-expect-error there is no unit M
defineSlo({ ...minimal, window: '1M' });
// @ts-expect-error a window is no number
defineSlo({ ...minimal, window: 30 });
// @ts-expect-error a decade is no calendar unit
defineSlo({ ...minimal, window: calendar('decade', 'UTC') });
// @ts-expect-error a calendar window has a zone
defineSlo({ ...minimal, window: calendar('month') });
// @ts-expect-error a share is a percentage
defineSlo({ ...minimal, method: timeSlices({ slice: '1m', maxBadRatio: 0.05 }) });
// @ts-expect-error a slice has a unit
defineSlo({ ...minimal, method: timeSlices({ slice: 60, maxBadRatio: '5%' }) });
// @ts-expect-error slices that are empty are ignored, good or bad
defineSlo({ ...minimal, method: timeSlices({ slice: '1m', maxBadRatio: '5%', emptySlice: 'ok' }) });
// @ts-expect-error a runbook has a scheme
defineSlo({ ...minimal, runbookUrl: 'wiki.example/checkout' });
const condition = {
  longWindow: '1h',
  shortWindow: '5m',
  burnRate: '14.4',
  severity: 'page',
} as const;
defineSlo({ ...minimal, burnPolicy: { conditions: [condition], keepFiring: { page: '10m' } } });
// @ts-expect-error a burn rate is decimal text
defineSlo({ ...minimal, burnPolicy: { conditions: [{ ...condition, burnRate: 14.4 }] } });
// @ts-expect-error a severity is page or ticket
defineSlo({ ...minimal, burnPolicy: { conditions: [{ ...condition, severity: 'critical' }] } });
// @ts-expect-error the gate is on or off
defineSlo({ ...minimal, burnPolicy: { evidenceGate: 'on' } });

// What is defined does not change.
// @ts-expect-error a definition is read-only
defineSlo(minimal).name = 'other';

// Prometheus and Loki.
// @ts-expect-error either bad or good
prometheusRatio({ total: 'a' });
// @ts-expect-error not both bad and good
prometheusRatio({ total: 'a', bad: 'b', good: 'c' });
// @ts-expect-error a query is text
prometheusRatio({ total: 'a', bad: { metric: 'b' } });
// @ts-expect-error a bound has a unit
prometheusLatency({ histogram: 'h', atMost: 0.5 });
// @ts-expect-error a bound is in us, ms or s
prometheusLatency({ histogram: 'h', atMost: '1h' });
// @ts-expect-error a selector is in braces
prometheusLatency({ histogram: 'h', selector: 'job="api"', atMost: '1s' });
// @ts-expect-error a step has a unit
prometheusExpression({ total: 'a', bad: 'b', step: '60' });
// @ts-expect-error a comparison has an operator
prometheusGauge({ expression: 'up', goodWhen: '1' });
// @ts-expect-error => is no operator
prometheusGauge({ expression: 'up', goodWhen: '=> 1' });
// @ts-expect-error a misspelt property
lokiRatio({ totl: '{a="b"}', bad: '{a="b"}' });

// Events.
const fields = {
  status: 'status',
  path: 'string',
  took: 'seconds',
  cached: 'boolean',
  at: 'number',
} as const;
const events = kafkaEvents({
  topic: 'access',
  fields,
  time: { field: 'at', as: 'epoch-seconds' },
  total: (event) => all(event.path.startsWith('/api'), not(event.cached.equals(true))),
  bad: (event) => any(event.status.isServerError(), event.took.greaterThan('500ms')),
});
// @ts-expect-error an undeclared field
kafkaEvents({ topic: 'access', fields, bad: (event) => event.stauts.isServerError() });
// @ts-expect-error text has no order
kafkaEvents({ topic: 'access', fields, bad: (event) => event.path.atLeast('500') });
// @ts-expect-error a status is a number
kafkaEvents({ topic: 'access', fields, bad: (event) => event.status.equals('500') });
// @ts-expect-error a latency has a unit
kafkaEvents({ topic: 'access', fields, bad: (event) => event.took.greaterThan(0.5) });
// @ts-expect-error a flag is true or false
kafkaEvents({ topic: 'access', fields, bad: (event) => event.cached.equals('true') });
// @ts-expect-error a number is no HTTP status
kafkaEvents({ topic: 'access', fields, bad: (event) => event.at.isServerError() });
// @ts-expect-error a predicate is a condition, not a comparison made now
kafkaEvents({ topic: 'access', fields, bad: (event) => event.at === 5 });
// @ts-expect-error an unknown kind of field
kafkaEvents({ topic: 'access', fields: { status: 'int' }, bad: (event) => event.status.exists() });
const bad = { fields, topic: 'a', bad: () => ({ field: 'at', exists: true }) } as const;
// @ts-expect-error a time in an undeclared field
kafkaEvents({ ...bad, time: { field: 'when', as: 'rfc3339' } });
// @ts-expect-error RFC 3339 is text, and the field a number
kafkaEvents({ ...bad, time: { field: 'at', as: 'rfc3339' } });
// @ts-expect-error ingest has no connection
ingestEvents({ stream: 'a', fields, bad: (event) => event.cached.exists(), connection: 'eu' });
// @ts-expect-error a topic is Kafka's
ingestEvents({ topic: 'a', fields, bad: (event) => event.cached.exists() });
defineSlo({ ...minimal, sli: events, groupBy: ['path'] });
defineSlo({ ...minimal, groupBy: ['any_label_of_prometheus'] });
// @ts-expect-error events are grouped by declared fields
defineSlo({ ...minimal, sli: events, groupBy: ['country'] });
// @ts-expect-error and so are they with a limit
defineSlo({ ...minimal, sli: events, groupBy: { labels: ['country'], limit: 5 } });

// Configuration.
const url = 'http://127.0.0.1:9090';
defineConfig({
  connections: { prometheus: { default: { url, auth: { bearer: fromEnvironment('T') } } } },
});
// @ts-expect-error a secret is a reference
defineConfig({ connections: { prometheus: { default: { url, auth: { bearer: 'glsa_1' } } } } });
// @ts-expect-error an address has a scheme
defineConfig({ connections: { prometheus: { default: { url: '127.0.0.1:9090' } } } });
// @ts-expect-error a misspelt property
defineConfig({ conections: {} });
const sasl = { mechanism: 'gssapi', user: 'u', password: fromEnvironment('P') } as const;
// @ts-expect-error an unknown mechanism
defineConfig({ connections: { kafka: { default: { brokers: ['a:1'], sasl } } } });
// @ts-expect-error SQLite needs a path
defineConfig({ store: { kind: 'sqlite' } });
// @ts-expect-error a port is a number
defineConfig({ http: { port: '9999' } });
