import { describe, expect, it } from 'vitest';
import { formatMarkdown } from '../../formats/markdown.ts';
import {
  budgetShare,
  detectionSeconds,
  policyMeaning,
} from '../../runbooks/sections/policy-meaning.ts';
import { sloNamed } from './runbook-workspace.ts';

const slo = sloNamed('availability');
const textOf = (severity: 'page' | 'ticket', of = slo): string =>
  formatMarkdown({ title: '', blocks: policyMeaning(of, severity) });

describe('the meaning of a burn policy', () => {
  it('has the budget shares and detection times of the SRE Workbook at 99.9% over 30 days', () => {
    const shares = slo.burnPolicy.conditions.map((each) => budgetShare(each, slo));
    expect(shares.map((share) => Number(share.toFixed(6)))).toEqual([0.02, 0.05, 0.1, 0.1]);
    const outage = slo.burnPolicy.conditions.map((each) => detectionSeconds(each, slo, 1));
    expect(outage).toEqual([52, 130, 260, 260]);
    const tenth = slo.burnPolicy.conditions.map((each) => detectionSeconds(each, slo, 0.1));
    expect(tenth).toEqual([519, 1296, 2592, 2592]);
  });

  it('says never where errors are too few for a pair', () => {
    const [fastest] = slo.burnPolicy.conditions;
    if (fastest === undefined) throw new Error('no condition');
    expect(detectionSeconds(fastest, slo, 0.0144)).toBeUndefined();
    expect(detectionSeconds(fastest, slo, 0.0145)).toBeGreaterThan(3500);
  });

  it('tells of a page what evidence it needs, and of a ticket only its pairs', () => {
    expect(textOf('page')).toContain('| 1h and 5m | 14.4× | 1.44 % | 2 % | 52s | 8m39s |');
    expect(textOf('page')).toMatch(
      /at least \d+ bad ones among 100 events, at least \d+ bad ones among 10,000 events in 1h/,
    );
    expect(textOf('ticket')).toContain('| 1d and 2h | 3× | 0.3 % | 10 % | 4m20s | 43m12s |');
    expect(textOf('ticket')).not.toContain('evidence');
    const bare = sloNamed('bare', undefined, { burnPolicy: { evidenceGate: false } });
    expect(textOf('page', bare)).not.toContain('evidence');
  });
});
