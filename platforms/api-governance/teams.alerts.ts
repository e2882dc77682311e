// Who is told about the API governance platform: two teams, and what they share.
import { defineRouting, defineTeam, email, fromFile, pagerduty, slack } from 'ninefold';
import { auditor, gateway, portal, registry } from './services.ts';

const SECRETS = '/etc/alertmanager/secrets';

/** Gateway, registry and auditor; the gateway's pages wake a second service of PagerDuty, the duty manager's. */
export const apiPlatform = defineTeam({
  name: 'api-platform',
  page: [pagerduty({ routingKey: fromFile(`${SECRETS}/pagerduty-api-platform`) })],
  ticket: [
    slack({ webhookUrl: fromFile(`${SECRETS}/slack-api-platform`), channel: '#api-platform' }),
  ],
  tiers: {
    critical: {
      page: [
        pagerduty({ routingKey: fromFile(`${SECRETS}/pagerduty-api-platform`) }),
        slack({ webhookUrl: fromFile(`${SECRETS}/slack-api-platform`), channel: '#api-incidents' }),
      ],
    },
  },
});

/** The developer portal; tickets wait for the working day. */
export const developerExperience = defineTeam({
  name: 'developer-experience',
  page: [pagerduty({ routingKey: fromFile(`${SECRETS}/pagerduty-developer-experience`) })],
  ticket: [email({ to: 'developer-experience@example.com' })],
  hours: { zone: 'Europe/Berlin', days: 'monday:friday', from: '09:00', to: '18:00' },
});

export const routing = defineRouting({
  unowned: [
    slack({ webhookUrl: fromFile(`${SECRETS}/slack-api-platform`), channel: '#api-platform' }),
  ],
  // What a portal or an auditor cannot do while the registry is away is the registry's incident.
  dependencies: [
    { service: portal, needs: [registry, gateway], mutes: ['ticket'] },
    { service: auditor, needs: [gateway], mutes: ['ticket'] },
  ],
  smtp: { smarthost: 'smtp.example.com:587', from: 'alerts@example.com' },
});
