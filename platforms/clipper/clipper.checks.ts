// Clipper as its users meet it: pages, the API, and a clip from log-in to clean-up. Searches reach the search engine, clips the database and the cache.
import { defineCheck, fromEnvironment, http, journey } from 'ninefold';
import { api, frontend } from './services.ts';

const LOCATIONS = ['eu', 'us'] as const;

export const home = defineCheck({
  service: frontend,
  name: 'home',
  description: 'The home page comes, with the script that it names.',
  every: '1m',
  locations: LOCATIONS,
  tags: ['smoke'],
  degradedAfter: '2500ms',
  probe: journey((start) =>
    start
      .step('page', {
        url: 'https://clipper.example/',
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

export const health = defineCheck({
  service: api,
  name: 'health',
  description: 'The shallow health check answers from outside.',
  every: '30s',
  timeout: '5s',
  locations: LOCATIONS,
  tags: ['smoke'],
  retries: { most: 1, wait: '1s' },
  probe: http({
    url: 'https://clipper.example/api/health',
    expect: (answer) => [answer.status.equals(200), answer.json('$.status').equals('ok')],
    prefer: (answer) => [answer.phase('firstByte').atMost('500ms')],
  }),
});

export const secure = defineCheck({
  service: api,
  name: 'secure',
  description: 'Without a log-in nothing is given away.',
  every: '10m',
  probe: http({
    url: 'https://clipper.example/api/clips',
    expect: (answer) => [answer.status.equals(401), answer.tlsVersion.oneOf('TLSv1.2', 'TLSv1.3')],
  }),
});

export const clip = defineCheck({
  service: api,
  name: 'clip',
  description: 'A clip is stored, found and deleted.',
  every: '5m',
  timeout: '30s',
  locations: LOCATIONS,
  failedAfter: '20s',
  probe: journey((start) =>
    start
      .step('log in', {
        url: 'https://clipper.example/api/session',
        method: 'POST',
        json: { user: 'probe', password: fromEnvironment('CLIPPER_PROBE_PASSWORD') },
        save: (answer) => ({ token: answer.json('$.token') }),
      })
      .step('store', ({ token }) => ({
        url: '/api/clips',
        method: 'POST',
        headers: { Authorization: `Bearer ${token}` },
        json: { title: 'ninefold probe', url: 'https://clipper.example/' },
        expect: (answer) => answer.status.equals(201),
        save: (answer) => ({ id: answer.json('$.id') }),
      }))
      .step('search', ({ token, id }) => ({
        url: '/api/search?q=ninefold+probe',
        headers: { Authorization: `Bearer ${token}` },
        poll: { every: '1s', for: '10s' },
        expect: (answer) => answer.body.contains(id),
        prefer: (answer) => answer.duration.atMost('1s'),
      }))
      .always('delete', ({ token, id }) => ({
        url: `/api/clips/${id}`,
        method: 'DELETE',
        headers: { Authorization: `Bearer ${token}` },
      })),
  ),
});
