// Who is told about Clipper: one team, paged through PagerDuty, tickets in Slack during the day.
import { defineRouting, defineTeam, fromFile, pagerduty, slack } from 'ninefold';
import { api, frontend } from './services.ts';

export const clipper = defineTeam({
  name: 'clipper',
  page: [pagerduty({ routingKey: fromFile('/etc/alertmanager/secrets/pagerduty-clipper') })],
  ticket: [
    slack({
      webhookUrl: fromFile('/etc/alertmanager/secrets/slack-clipper'),
      channel: '#clipper-alerts',
    }),
  ],
});

/** nginx fails with the API behind it: one page is enough. */
export const routing = defineRouting({
  unowned: [
    slack({
      webhookUrl: fromFile('/etc/alertmanager/secrets/slack-clipper'),
      channel: '#clipper-alerts',
    }),
  ],
  dependencies: [{ service: frontend, needs: [api], mutes: ['ticket'] }],
});
