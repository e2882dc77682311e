import { describe, expect, it } from 'vitest';
import { createHttpApp } from '../../../collector/http/app.ts';
import { silentLog } from '../../../collector/log.ts';
import { budgetOf, listView, shopSlo } from './list-view.ts';

const users = shopSlo('checkout', 'availability');
const witness = shopSlo('checkout', 'reachable', { witnessOf: users.id });

/** What the API says with these counts in the window of a month; a hundredth of them is in the windows of alerts. */
async function told(
  here: { total: number; bad: number },
  there: { total: number; bad: number },
  more: object = {},
) {
  const view = listView({
    slos: [users, witness],
    instances: [budgetOf(users, here), { ...budgetOf(witness, there), ...more }],
  });
  const app = createHttpApp({ view, log: silentLog });
  const get = async (path: string) => (await app.inject(`/api/v1/slos${path}`)).json();
  const { items } = await get('');
  expect([items[0], await get('/checkout/availability')].map((each) => each.witnesses)).toEqual([
    items[0].witnesses,
    items[0].witnesses,
  ]);
  expect([items[0].witnessOf, items[1].witnessOf, items[1].witnesses]).toEqual([
    null,
    users.id,
    [],
  ]);
  return items[0].witnesses;
}

describe('the witnesses of an SLO', () => {
  it('are shown with the counts of both over the shortest window of their alerts', async () => {
    expect(await told({ total: 1_000_000, bad: 100 }, { total: 6000, bad: 3000 })).toEqual([
      {
        slo: 'checkout/reachable',
        windowSeconds: 3600,
        users: { total: 10_000, bad: 1 },
        witness: { total: 60, bad: 30 },
        verdict: 'only-witness',
      },
    ]);
  });

  it('say nothing while their own telemetry is missing', async () => {
    const counts = { total: 6000, bad: 3000 };
    expect(
      await told({ total: 1_000_000, bad: 100 }, counts, { measurement: 'stale' }),
    ).toMatchObject([{ witness: { total: 0, bad: 0 }, verdict: 'too-few' }]);
  });

  it('are not compared where no alert of both looks at the same time', async () => {
    const counts = { total: 6000, bad: 3000 };
    expect(await told(counts, counts, { conditions: [] })).toEqual([]);
  });
});
