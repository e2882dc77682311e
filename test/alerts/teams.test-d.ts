// What must not compile of teams, receivers and routing.
import {
  defineRouting,
  defineService,
  defineTeam,
  fromEnvironment,
  fromFile,
  pagerduty,
  slack,
  webhook,
} from 'ninefold';

const pager = pagerduty({ routingKey: fromFile('/run/secrets/pagerduty') });
const channel = slack({ webhookUrl: fromEnvironment('SLACK'), channel: '#shop' });
const service = defineService({ name: 'checkout', team: 'shop' });
const hours = { zone: 'Europe/Berlin', days: 'monday:friday', from: '09:00', to: '17:00' } as const;

// Teams.
defineTeam({ name: 'shop', page: [pager], ticket: [channel], hours });
// @ts-expect-error a team pages somebody
defineTeam({ name: 'shop' });
// @ts-expect-error a receiver is what its function returned
defineTeam({ name: 'shop', page: ['pagerduty'] });
// @ts-expect-error a list of receivers
defineTeam({ name: 'shop', page: pager });
// @ts-expect-error a misspelt property
defineTeam({ name: 'shop', page: [pager], tickets: [channel] });
// @ts-expect-error a tier is one of four
defineTeam({ name: 'shop', page: [pager], tiers: { gold: { page: [pager] } } });
// @ts-expect-error a severity is page or ticket
defineTeam({ name: 'shop', page: [pager], tiers: { low: { critical: [pager] } } });
// @ts-expect-error a day has its whole name
defineTeam({ name: 'shop', page: [pager], hours: { ...hours, days: 'mon:fri' } });
// @ts-expect-error hours have a zone
defineTeam({ name: 'shop', page: [pager], hours: { days: 'monday', from: '09:00' } });
// @ts-expect-error a definition is read-only
defineTeam({ name: 'shop', page: [pager] }).name = 'other';

// Receivers.
// @ts-expect-error a secret is a reference
pagerduty({ routingKey: '0123456789abcdef0123456789abcdef' });
// @ts-expect-error a key is needed
pagerduty({});
// @ts-expect-error a severity that PagerDuty does not have
pagerduty({ routingKey: fromFile('/k'), severity: 'high' });
// @ts-expect-error a pager always hears that an alert is over
pagerduty({ routingKey: fromFile('/k'), sendResolved: false });
// @ts-expect-error the address of a webhook of Slack is a secret
slack({ webhookUrl: 'https://hooks.slack.example/services/T/B/X' });
// @ts-expect-error an address has a scheme
webhook({ url: 'bridge.example' });
// @ts-expect-error a misspelt property
webhook({ url: 'https://bridge.example', maxalerts: 5 });

// Routing.
defineRouting({ unowned: [channel], dependencies: [{ service, needs: [service] }] });
// @ts-expect-error services are passed themselves, not by name
defineRouting({ dependencies: [{ service: 'checkout', needs: ['payments'] }] });
// @ts-expect-error maintenance has a time
defineRouting({ maintenance: [{ name: 'patch-night' }] });
// @ts-expect-error a severity is page or ticket
defineRouting({ maintenance: [{ name: 'a', during: hours, mutes: ['info'] }] });
// @ts-expect-error a timer has a unit
defineRouting({ timers: { page: { groupWait: '10' } } });
// @ts-expect-error an incident is about an instance, an SLO or a service
defineRouting({ incidentPer: 'team' });
