// What a certificate gives to ask for, as time goes by.
import { describe, expect, it } from 'vitest';
import { type CertificateFacts, readCertificate } from '../../synthetics/certificate.ts';

const DAY = 86_400;
const facts: CertificateFacts = {
  tlsVersion: 'TLSv1.3',
  cipher: 'TLS_AES_128_GCM_SHA256',
  subject: 'shop.example',
  issuer: 'Test authority',
  names: ['shop.example'],
  notBefore: 0,
  notAfter: 100 * DAY,
  chainNotAfter: 90 * DAY,
  fingerprint: '',
  serial: '01',
  staple: { status: 'good', thisUpdate: 10 * DAY, nextUpdate: 12 * DAY },
};

describe('a certificate', () => {
  it('has days left until the first of its chain ends, and a share of its own life', () => {
    const left = (now: number): unknown => readCertificate(facts, 'certificateDaysLeft', now);
    expect([left(0), left(89 * DAY + 1), left(90 * DAY), left(90 * DAY + 1)]).toEqual([
      90, 0, 0, -1,
    ]);
    const life = (now: number): unknown => readCertificate(facts, 'certificateLifeLeft', now);
    expect([life(0), life(25 * DAY), life(100 * DAY), life(110 * DAY)]).toEqual([1, 0.75, 0, -0.1]);
  });

  it('is vouched for from when that was said, up to five minutes early, until it is to be said anew', () => {
    const at = (now: number, status: 'good' | 'revoked' = 'good'): unknown =>
      readCertificate(
        { ...facts, staple: { status, thisUpdate: 10 * DAY, nextUpdate: 12 * DAY } },
        'stapleStatus',
        now,
      );
    expect(at(10 * DAY - 301)).toBe('invalid');
    expect(at(10 * DAY - 300)).toBe('good');
    expect(at(12 * DAY)).toBe('good');
    expect(at(12 * DAY + 1)).toBe('stale');
    expect(at(12 * DAY + 1, 'revoked')).toBe('revoked');
  });

  it('has nothing of what was not shown', () => {
    const { staple: _none, ...bare } = facts;
    expect(readCertificate(bare, 'stapleStatus', 0)).toBeUndefined();
    expect(readCertificate(undefined, 'certificateDaysLeft', 0)).toBeUndefined();
  });
});
