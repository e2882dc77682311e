// What must not compile in a check: the compiler fails on this file when a line marked as an error is none.
import { defineCheck, defineService, fromEnvironment, http, journey } from 'ninefold';

const service = defineService({ name: 'shop', team: 'web' });
const url = 'https://shop.example/';
const probe = http({ url });
const minimal = { service, name: 'home', probe } as const;

defineCheck(minimal);
defineCheck({ ...minimal, every: '30s', timeout: '250ms', retries: { most: 2, wait: '1.5s' } });
// @ts-expect-error the service is missing
defineCheck({ name: 'home', probe });
// @ts-expect-error a service is passed itself, not by name
defineCheck({ ...minimal, service: 'shop' });
// @ts-expect-error a probe is what a kind returned
defineCheck({ ...minimal, probe: url });
// @ts-expect-error a period has a unit
defineCheck({ ...minimal, every: 60 });
// @ts-expect-error a period is whole seconds at least
defineCheck({ ...minimal, every: '500ms' });
// @ts-expect-error jitter is a percentage
defineCheck({ ...minimal, jitter: 0.1 });
// @ts-expect-error retries say how many
defineCheck({ ...minimal, retries: { wait: '1s' } });
// @ts-expect-error there is no such backoff
defineCheck({ ...minimal, retries: { most: 1, backoff: 'linear' } });
// @ts-expect-error a misspelt property
defineCheck({ ...minimal, evry: '1m' });
// @ts-expect-error a definition is read-only
defineCheck(minimal).name = 'other';

http({ url, expect: (answer) => answer.status.equals(200) });
http({
  url,
  expect: (answer) => [
    answer.json('$.a').equals(null),
    answer.json('$.a').contains(1),
    answer.header('x').exists(),
    answer.phase('tls').lessThan('80ms'),
    answer.certificateNames.contains('shop.example'),
  ],
});
// @ts-expect-error an address has a scheme
http({ url: 'shop.example' });
// @ts-expect-error a secret is a reference
http({ url, auth: { bearer: 'token' } });
http({ url, auth: { bearer: fromEnvironment('TOKEN') } });
// @ts-expect-error there is no such method
http({ url, method: 'FETCH' });
// @ts-expect-error a status is a number
http({ url, expect: (answer) => answer.status.equals('200') });
// @ts-expect-error a body has no order
http({ url, expect: (answer) => answer.body.atMost(5) });
// @ts-expect-error a size is no text
http({ url, expect: (answer) => answer.size.contains('5') });
// @ts-expect-error a duration has a unit
http({ url, expect: (answer) => answer.duration.atMost(300) });
// @ts-expect-error a duration is never exactly so long
http({ url, expect: (answer) => answer.duration.equals('300ms') });
// @ts-expect-error there is no such phase
http({ url, expect: (answer) => answer.phase('ssl').atMost('1s') });
// @ts-expect-error a JSON path begins with $
http({ url, expect: (answer) => answer.json('status').equals('up') });
// @ts-expect-error a header has a name
http({ url, expect: (answer) => answer.header.equals('x') });
// @ts-expect-error an unknown source
http({ url, expect: (answer) => answer.stauts.equals(200) });
// @ts-expect-error a comparison made now is no assertion
http({ url, expect: (answer) => answer.status === 200 });
// @ts-expect-error only one address is no success
http({ url, expect: (answer) => answer.body.isSuccess() });

// Journeys.
journey((start) =>
  start
    .step('in', { url, method: 'POST', save: (answer) => ({ token: answer.json('$.token') }) })
    .step('use', ({ token }) => ({ url: `/orders/${token}`, headers: { 'X-Token': token } }))
    .always('out', ({ token }) => ({ url: token, method: 'DELETE' })),
);
journey((start) =>
  start
    .step('in', { url, save: (answer) => ({ token: answer.json('$.token') }) })
    // @ts-expect-error no step saves this
    .step('use', ({ tokn }) => ({ url: `/orders/${tokn}` })),
);
// @ts-expect-error what is saved is a part of the answer
journey((start) => start.step('in', { url, save: () => ({ token: 'x' }) }));
// @ts-expect-error an address is whole, a path, or a variable
journey((start) => start.step('in', { url: 'orders' }));
// @ts-expect-error a journey gives its steps
journey((start) => [start]);
// @ts-expect-error polls have an end
journey((start) => start.step('in', { url, poll: { every: '1s' } }));
