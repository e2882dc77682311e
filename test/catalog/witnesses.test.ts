import { describe, expect, it } from 'vitest';
import { validate } from '../../catalog/index.ts';
import { defineService, defineSlo, ingestEvents } from '../../index.ts';

const service = defineService({ name: 'shop', team: 'web' });
const sli = ingestEvents({
  stream: 'requests',
  fields: { status: 'status' },
  bad: (event) => event.status.isServerError(),
});
const availability = defineSlo({ service, name: 'availability', objective: '99.9%', sli });
const reachable = defineSlo({
  service,
  name: 'reachable',
  objective: '99.9%',
  sli,
  witnessOf: availability,
});

function validated(exported: Readonly<Record<string, { readonly kind: string }>>) {
  const found = Object.entries(exported).map(([path, value]) => ({
    file: 'shop.slo.ts',
    path,
    value,
  }));
  const { catalog, diagnostics } = validate(found, '/workspace');
  const told = diagnostics
    .filter(({ code }) => code !== 'config-missing')
    .map(({ code, path, message }) => `${code} ${path} ${message}`);
  return { catalog, told };
}

describe('a witness', () => {
  it('knows the SLO that it stands for by its id', () => {
    const { catalog, told } = validated({ availability, reachable });
    expect(told).toEqual([]);
    expect(catalog?.slos.map(({ id, witnessOf }) => [id, witnessOf])).toEqual([
      ['shop/availability', undefined],
      ['shop/reachable', 'shop/availability'],
    ]);
  });

  it('is refused when nobody exports that SLO, when it is its own, and when it is none', () => {
    expect(validated({ reachable }).told).toEqual([
      "unknown-slo reachable.witnessOf No file of the workspace exports the SLO 'shop/availability'.",
    ]);
    const own = defineSlo({ ...availability, witnessOf: availability });
    expect(validated({ own }).told).toEqual([
      'unknown-slo own.witnessOf An SLO cannot stand for itself.',
    ]);
    const wrong = defineSlo({ ...reachable, witnessOf: 'shop/availability' as never });
    expect(validated({ availability, wrong }).told).toEqual([
      expect.stringMatching(/^wrong-type wrong\.witnessOf /),
    ]);
  });
});
