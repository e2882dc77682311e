import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { FINDING_CODES, FindingList } from '../../../alerts/alertmanager/finding.ts';

it('every code has its section in the documents, and no other has', () => {
  const page = readFileSync(
    new URL('../../../docs/alertmanager-findings.md', import.meta.url),
    'utf8',
  );
  const sections = [...page.matchAll(/^### (.+)$/gm)].map((match) => match[1]);
  expect(sections).toEqual([...FINDING_CODES]);
});

it('a file of ten thousand faults is told of the first thousand, and is refused all the same', () => {
  const findings = new FindingList();
  for (let line = 1; line <= 10_000; line += 1) {
    findings.warning(
      'unused-receiver',
      { line, column: 1 },
      'unused',
      'Remove it.',
      'x'.repeat(1000),
    );
  }
  findings.error('unknown-field', { line: 1, column: 1 }, 'unknown', 'Remove it.');
  expect(findings.errors).toBe(1);
  expect(findings.sorted()).toHaveLength(1001);
  expect(findings.sorted()[0]?.code).toBe('unknown-field');
  expect(findings.sorted()[1]?.value).toHaveLength(121);
});
