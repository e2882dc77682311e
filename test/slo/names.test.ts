// Names that more than one room goes by.
import { describe, expect, it } from 'vitest';
import { checkOfStream, checkStream } from '../../slo/names.ts';

describe('the stream of a check', () => {
  it('has a name that tells which check it is', () => {
    expect(checkStream('checkout', 'home')).toBe('probe.checkout.home');
    expect(checkOfStream(checkStream('checkout', 'home'))).toBe('checkout/home');
  });

  it.each(['orders', 'probe', 'probe.', 'probe.checkout', 'probe..home', 'probe.a.b.c', 'a.b.c'])(
    'is not what users call their own: %s',
    (stream) => {
      expect(checkOfStream(stream)).toBeUndefined();
    },
  );
});
