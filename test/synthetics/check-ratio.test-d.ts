// What must not compile in an SLO on a check: the compiler fails on this file when a line marked as an error is none.
import { checkRatio, defineCheck, defineConfig, defineService, defineSlo, http } from 'ninefold';

const service = defineService({ name: 'shop', team: 'web' });
const probe = http({ url: 'https://shop.example/' });
const check = defineCheck({ service, name: 'home', probe });
const slo = { service, name: 'reachable', objective: '99.9%' } as const;

defineSlo({ ...slo, sli: checkRatio({ check }) });
defineSlo({ ...slo, sli: checkRatio({ check }), groupBy: ['location'] });
// @ts-expect-error runs have no such label
defineSlo({ ...slo, sli: checkRatio({ check }), groupBy: ['region'] });
// @ts-expect-error a check is passed itself, not by name
checkRatio({ check: 'shop/home' });
// @ts-expect-error a probe alone has no name and no period
checkRatio({ check: probe });
// @ts-expect-error an SLI is no check
checkRatio({ check: checkRatio({ check }) });

defineConfig({ probes: { serve: true } });
defineConfig({
  probes: { serve: { location: 'eu', atOnce: 500 }, pushUrl: 'https://slo.example' },
});
// @ts-expect-error it runs them, or nothing is said
defineConfig({ probes: { serve: false } });
// @ts-expect-error an address has its protocol
defineConfig({ probes: { pushUrl: 'slo.example' } });
