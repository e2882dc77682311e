// What the developer portal promises: pages that come, a login that works, and no waiting.
import { checkRatio, defineSlo, ingestEvents, prometheusRatio } from 'ninefold';
import { requestCounters } from './http-requests.ts';
import { login } from './portal.checks.ts';
import { portal } from './services.ts';

export const availability = defineSlo({
  service: portal,
  name: 'availability',
  description: 'Requests of the portal that do not fail.',
  objective: '99.9%',
  sli: prometheusRatio(requestCounters('portal')),
});

export const loginJourney = defineSlo({
  service: portal,
  name: 'login-journey',
  description: 'Log-ins of the probe that came to their end.',
  objective: '99.5%',
  sli: checkRatio({ check: login }),
});

export const pageLoad = defineSlo({
  service: portal,
  name: 'page-load',
  description:
    'Page loads whose largest content is painted within 2.5 s, as browsers report them: three in four.',
  objective: '75%',
  sli: ingestEvents({
    stream: 'web-vitals',
    fields: { page: 'string', largest_contentful_paint_ms: 'milliseconds' },
    good: (event) => event.largest_contentful_paint_ms.atMost('2.5s'),
  }),
  // At 75% even a total outage burns only four times too fast, and a slow page wakes nobody.
  burnPolicy: {
    conditions: [
      { longWindow: '1d', shortWindow: '2h', burnRate: '2', severity: 'ticket' },
      { longWindow: '3d', shortWindow: '6h', burnRate: '1', severity: 'ticket' },
    ],
  },
});
