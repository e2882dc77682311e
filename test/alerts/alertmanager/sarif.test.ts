import { expect, it } from 'vitest';
import { lintAlertmanager } from '../../../alerts/alertmanager/lint.ts';
import { findingsToSarif } from '../../../alerts/alertmanager/sarif.ts';

const TEXT = `route: {receiver: a}
receivers:
  - name: a
  - name: a
    opsgenie_configs: [{api_key: x, nonsense: 1}]
`;

it('a log holds what SARIF 2.1.0 asks of it', () => {
  const { findings } = lintAlertmanager(TEXT);
  const log = findingsToSarif(findings, { file: 'monitoring/alert manager.yml', version: '0.1.0' });
  // Required by the standard: version, runs, tool.driver.name, message.text; rules unique; indexes that lead to their rule.
  expect(log.version).toBe('2.1.0');
  expect(log.$schema).toMatch(/^https:\/\/.*sarif-schema-2\.1\.0\.json$/);
  const [run] = log.runs;
  const { rules, name, semanticVersion } = run.tool.driver;
  expect(name).toBe('ninefold');
  expect(semanticVersion).toMatch(/^\d+\.\d+\.\d+/);
  expect(new Set(rules.map(({ id }) => id)).size).toBe(rules.length);
  expect(run.results).toHaveLength(findings.length);
  for (const [index, result] of run.results.entries()) {
    expect(rules[result.ruleIndex]?.id).toBe(result.ruleId);
    expect(['error', 'warning', 'note', 'none']).toContain(result.level);
    expect(result.message.text.length).toBeGreaterThan(0);
    const { artifactLocation, region } = result.locations[0].physicalLocation;
    expect(artifactLocation.uri).toBe('monitoring/alert%20manager.yml');
    expect(region.startLine).toBe(findings[index]?.line);
    expect(region.startColumn).toBeGreaterThanOrEqual(1);
  }
  expect(run.results.map(({ ruleId, level }) => [ruleId, level])).toEqual([
    ['duplicate-name', 'error'],
    ['unknown-field', 'error'],
  ]);
});

it('a log without findings is a whole log', () => {
  expect(findingsToSarif([], { file: 'a.yml', version: '1.2.3' }).runs[0]).toMatchObject({
    results: [],
    tool: { driver: { rules: [] } },
  });
});
