import { describe, expect, it } from 'vitest';
import { validate } from '../../catalog/index.ts';
import { checkRatio, defineCheck, defineService, defineSlo, http } from '../../index.ts';

const service = defineService({ name: 'shop', team: 'web' });
const home = defineCheck({ service, name: 'home', probe: http({ url: 'https://shop.example/' }) });
const reachable = defineSlo({
  service,
  name: 'reachable',
  objective: '99.9%',
  sli: checkRatio({ check: home }),
});

function told(exported: Readonly<Record<string, { readonly kind: string }>>): readonly string[] {
  const found = Object.entries(exported).map(([path, value]) => ({
    file: 'shop.checks.ts',
    path,
    value,
  }));
  return validate(found, '/workspace')
    .diagnostics.filter(({ code }) => code !== 'config-missing')
    .map(({ code, path, value }) => `${code} ${path} ${value}`);
}

describe('an SLO on a check', () => {
  it('is fine when the check is exported, wherever', () => {
    expect(told({ home, reachable })).toEqual([]);
  });

  it('is refused when nobody would run the check', () => {
    expect(told({ reachable })).toEqual([`unknown-check reachable.sli.check 'probe.shop.home'`]);
  });

  it('is told of the mistakes of its check once, where they are', () => {
    const wrong = defineCheck({ service, name: 'home', probe: http({ url: 'shop' as never }) });
    const slo = defineSlo({ ...reachable, sli: checkRatio({ check: wrong }) });
    expect(told({ wrong, slo })).toEqual([
      expect.stringMatching(/^wrong-type slo\.sli\.check /),
      expect.stringMatching(/ wrong\.probe\.url /),
    ]);
  });
});
