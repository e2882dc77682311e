// What to do when developers cannot log in to the portal.
import { defineRunbook } from 'ninefold';
import { login } from './portal.checks.ts';
import { availability, loginJourney } from './portal.slo.ts';
import { developerExperience } from './teams.alerts.ts';

export const portalLogin = defineRunbook({
  name: 'portal-login',
  title: 'Developers cannot log in to the portal, or get errors from it',
  alerts: [{ slo: loginJourney }, { slo: availability }],
  symptoms: [
    'The probe cannot log in. People are sent back to the login page, or see an error after it.',
  ],
  firstFiveMinutes: [
    {
      do: 'Log in by hand in a private window.',
      expect:
        'The list of your subscriptions. If it comes, look at the probe and its test user first.',
    },
    {
      do: 'See whether the identity provider answers.',
      command: 'curl --silent --max-time 5 "$ISSUER/.well-known/openid-configuration"',
      expect: 'A JSON document with authorization_endpoint and jwks_uri.',
    },
  ],
  decisions: [
    {
      id: 'where',
      do: 'Where does the journey end?',
      next: [
        {
          when: 'before the login page',
          do: 'The portal itself is down: kubectl --namespace developer-experience get pods, and roll back what is new.',
        },
        { when: 'on the login page', step: 'identity' },
        {
          when: 'after it, with a redirect that repeats',
          do: 'Session or clock: see Redis of the portal, the clock of its nodes, and the redirect addresses of its client.',
        },
        {
          when: 'after it, with an empty catalogue',
          do: 'The registry is away: follow its runbook; tickets of the portal are muted meanwhile.',
        },
      ],
    },
    {
      id: 'identity',
      do: 'Do other applications log in by the same provider?',
      next: [
        {
          when: 'they do',
          do: 'The client of the portal is refused: its secret was rotated or its redirect addresses changed.',
        },
        { when: 'they do not', do: 'Page the identity team, and put a notice on the portal.' },
      ],
    },
  ],
  verification: [
    { do: 'The probe logs in again, from where you are.', check: login },
    {
      do: 'So it does on its schedule: the burn rates over five minutes fall.',
      command: 'ninefold explain portal/login-journey',
      expect: 'No failed run in the last ten minutes.',
    },
  ],
  rollBack: [{ do: 'Take the notice down.' }],
  escalation: [{ to: developerExperience }, { to: 'the identity team', after: '15m' }],
  owner: developerExperience,
  reviewed: '2026-11-22',
});
