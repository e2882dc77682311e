// The label `le` of a histogram bucket: one bound has two spellings, as Prometheus 2 kept and Prometheus 3 writes it.
import type { LabelMatcher } from '../../formats/label-matcher.ts';

/** The matcher that takes every usual spelling of a bound, and nothing else: '1' and '1.0', '0.5' and '0.50', '1e-05'. */
export function boundMatcher(bound: string): LabelMatcher {
  const spellings = spellingsOf(Number(bound));
  const value = spellings.map((text) => text.replace(/[.+]/g, String.raw`\$&`)).join('|');
  return spellings.length === 1
    ? { name: 'le', operator: '=', value: spellings[0] ?? bound }
    : { name: 'le', operator: '=~', value };
}

function spellingsOf(value: number): readonly string[] {
  if (value === Infinity) return ['+Inf'];
  const [mantissa = '', exponent = ''] = value.toExponential().split('e');
  const power = Number(exponent);
  const plain = value.toFixed(Math.min(100, Math.max(0, decimalsOf(mantissa) - power)));
  const spellings = [plain, plain.includes('.') ? `${plain}0` : `${plain}.0`];
  // Below and above these, Go, Python and Java write an exponent, with two digits or without padding.
  if (power < -3 || power >= 6) {
    const sign = power < 0 ? '-' : '+';
    const digits = String(Math.abs(power));
    for (const text of [`${mantissa}e${sign}${digits.padStart(2, '0')}`, `${mantissa}e${power}`])
      spellings.push(text);
    const tenths = mantissa.includes('.') ? mantissa : `${mantissa}.0`;
    spellings.push(`${tenths}E${power}`);
  }
  return [...new Set(spellings)];
}

function decimalsOf(mantissa: string): number {
  const point = mantissa.indexOf('.');
  return point < 0 ? 0 : mantissa.length - point - 1;
}
