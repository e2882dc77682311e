// The developer portal as developers meet it: pages with their scripts, a log-in, a search; and Keycloak, which knows who they are.
import { defineCheck, fromEnvironment, http, journey } from 'ninefold';
import { PORTAL, REALM } from './addresses.ts';
import { portal } from './services.ts';

export const home = defineCheck({
  service: portal,
  name: 'home',
  description: 'The home page comes, with the script that it names.',
  every: '1m',
  tags: ['smoke'],
  degradedAfter: '2500ms',
  probe: journey((start) =>
    start
      .step('page', {
        url: `${PORTAL}/`,
        expect: (answer) => [
          answer.header('content-type').startsWith('text/html'),
          answer.certificateDaysLeft.atLeast(14),
        ],
        save: (answer) => ({ script: answer.body('src="(/[^"]+[.]js)"') }),
      })
      .step('script', ({ script }) => ({
        url: script,
        expect: (answer) => [answer.status.equals(200), answer.size.atLeast(1000)],
      })),
  ),
});

export const login = defineCheck({
  service: portal,
  name: 'login',
  description: 'A developer logs in through Keycloak, sees the own account, and logs out.',
  every: '1m',
  timeout: '15s',
  probe: journey((start) =>
    start
      .step('token', {
        url: `${REALM}/protocol/openid-connect/token`,
        method: 'POST',
        form: {
          grant_type: 'password',
          client_id: 'developer-portal',
          username: 'probe',
          password: fromEnvironment('PORTAL_PROBE_PASSWORD'),
        },
        save: (answer) => ({ token: answer.json('$.access_token') }),
      })
      .step('log in', ({ token }) => ({
        url: `${PORTAL}/session`,
        method: 'POST',
        headers: { Authorization: `Bearer ${token}` },
        expect: (answer) => answer.status.oneOf(201, 204),
      }))
      .step('account', {
        url: '/account',
        expect: (answer) => [answer.status.equals(200), answer.json('$.user').equals('probe')],
      })
      .always('log out', { url: `${PORTAL}/session`, method: 'DELETE' }),
  ),
});

export const search = defineCheck({
  service: portal,
  name: 'search',
  description: 'A developer who is not logged in finds the API that is always there.',
  every: '1m',
  probe: http({
    url: `${PORTAL}/search?q=echo`,
    expect: (answer) => [answer.status.equals(200), answer.body.contains('echo')],
    prefer: (answer) => answer.duration.atMost('1s'),
  }),
});

export const identity = defineCheck({
  service: portal,
  name: 'identity',
  description: 'Keycloak tells where its realm signs and gives out tokens.',
  every: '1m',
  probe: http({
    url: `${REALM}/.well-known/openid-configuration`,
    expect: (answer) => [
      answer.status.equals(200),
      answer.json('$.issuer').equals(REALM),
      answer.json('$.token_endpoint').startsWith(`${REALM}/`),
    ],
  }),
});
