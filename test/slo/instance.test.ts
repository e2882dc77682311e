// Instance ids: what a label set becomes, and back again, whatever its values hold.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { instanceId, parseInstanceId } from '../../slo/instance.ts';

describe('an instance id', () => {
  it('is the SLO id where there is no group, and sorts the labels of one', () => {
    expect(instanceId('shop/orders')).toBe('shop/orders');
    expect(instanceId('shop/orders', { tenant: 'b', country: 'de' })).toBe(
      'shop/orders{country="de",tenant="b"}',
    );
  });

  it('comes back whole for every label name of an event field and any value', () => {
    const name = fc
      .stringMatching(/^[A-Za-z_@][\w@-]{0,10}$/)
      .filter((each) => each !== '__proto__');
    fc.assert(
      fc.property(
        fc.dictionary(name, fc.string({ unit: 'binary' }), { minKeys: 1, maxKeys: 4 }),
        (labels) => {
          expect(parseInstanceId(instanceId('shop/orders', labels))).toEqual({
            sloId: 'shop/orders',
            labels: { ...labels },
          });
        },
      ),
    );
  });

  it.each(['shop/orders{', 'shop/orders{a}', 'shop/orders{a="b"', 'shop/orders{a=b}'])(
    'is not %s',
    (text) => {
      expect(() => parseInstanceId(text)).toThrow('not an instance id');
    },
  );
});
