// What must not compile of runbooks.
import {
  defineCheck,
  defineRunbook,
  defineService,
  defineSlo,
  defineTeam,
  fromFile,
  http,
  pagerduty,
  prometheusRatio,
} from 'ninefold';

const service = defineService({ name: 'checkout', team: 'shop' });
const slo = defineSlo({
  service,
  name: 'availability',
  objective: '99.9%',
  sli: prometheusRatio({ total: 'orders_total', bad: 'orders_failed_total' }),
});
const shop = defineTeam({
  name: 'shop',
  page: [pagerduty({ routingKey: fromFile('/run/secrets/pagerduty') })],
});
const base = {
  name: 'orders',
  title: 'Orders fail',
  alerts: [{ slo }],
  firstFiveMinutes: [{ do: 'Look.' }],
  reviewed: '2026-11-22',
} as const;

const home = defineCheck({ service, name: 'home', probe: http({ url: 'https://shop.example' }) });

defineRunbook(base);
defineRunbook({ ...base, verification: [{ do: 'Try it.', check: home, expect: 'It passes.' }] });
defineRunbook({
  ...base,
  owner: shop,
  escalation: [{ to: shop }, { to: 'the head', after: '15m' }],
});
defineRunbook({
  ...base,
  decisions: [
    { id: 'a', do: 'One?', next: [{ when: 'yes', step: 'b' }] },
    { id: 'b', do: 'Two?', next: [{ when: 'yes', do: 'Mend it.' }] },
  ],
});

// @ts-expect-error a check is passed itself
defineRunbook({ ...base, rollBack: [{ do: 'Try it.', check: 'checkout/home' }] });
// @ts-expect-error an SLO is passed itself, not by name
defineRunbook({ ...base, alerts: [{ slo: 'checkout/availability' }] });
// @ts-expect-error a service is not an SLO
defineRunbook({ ...base, alerts: [{ slo: service }] });
// @ts-expect-error an SLO raises no such alert
defineRunbook({ ...base, alerts: [{ slo, alert: 'DiskFull' }] });
// @ts-expect-error a severity is page or ticket
defineRunbook({ ...base, alerts: [{ slo, severity: 'critical' }] });
// @ts-expect-error a runbook is for some alert
defineRunbook({
  name: 'a',
  title: 'A',
  firstFiveMinutes: [{ do: 'Look.' }],
  reviewed: '2026-11-22',
});
// @ts-expect-error a review has a day
defineRunbook({ ...base, reviewed: 'last week' });
// @ts-expect-error a step says what to do
defineRunbook({ ...base, firstFiveMinutes: [{ command: 'ls' }] });
// @ts-expect-error a step runs one thing
defineRunbook({ ...base, firstFiveMinutes: [{ do: 'Look.', command: 'ls', promql: 'up' }] });
defineRunbook({
  ...base,
  // @ts-expect-error no decision has this id
  decisions: [{ id: 'a', do: 'One?', next: [{ when: 'yes', step: 'b' }] }],
});
defineRunbook({
  ...base,
  // @ts-expect-error an outcome leads to a step or says what to do, not both
  decisions: [{ id: 'a', do: 'One?', next: [{ when: 'yes', step: 'a', do: 'b' }] }],
});
// @ts-expect-error a team is passed itself
defineRunbook({ ...base, owner: 'shop' });
// @ts-expect-error a duration has a unit
defineRunbook({ ...base, escalation: [{ to: shop, after: '15' }] });
// @ts-expect-error an address has a scheme
defineRunbook({ ...base, dashboards: [{ title: 'Orders', url: 'grafana.example/d/1' }] });
// @ts-expect-error a misspelt property
defineRunbook({ ...base, rollback: [] });
// @ts-expect-error a definition is read-only
defineRunbook(base).title = 'other';
