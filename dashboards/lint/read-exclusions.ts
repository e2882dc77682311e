// Reads the file `.lint` of dashboard-linter: which breaches are excepted, each with its reason.
import { parsePlainYaml, PlainYamlError } from '../../formats/plain-yaml.ts';
import { listOf, objectOf, textOf } from './json-reader.ts';
import type { LintFinding } from './rule.ts';

/** One exception; what it does not say, it does not ask for. */
export interface Exclusion {
  readonly rule: string;
  readonly reason: string;
  readonly dashboard?: string;
  readonly panel?: string;
  readonly targetIndex?: number;
}

export interface ReadExclusions {
  readonly exclusions: readonly Exclusion[];
  /** Rules whose breaches only warn. */
  readonly warnings: readonly Exclusion[];
}

/** The file cannot be used; the message says where and why. */
export class ExclusionsError extends Error {
  override readonly name = 'ExclusionsError';
}

/** @throws ExclusionsError */
export function readExclusions(text: string): ReadExclusions {
  let file: unknown;
  try {
    file = parsePlainYaml(text);
  } catch (error) {
    if (!(error instanceof PlainYamlError)) throw error;
    throw new ExclusionsError(`line ${error.line}: ${error.message}`);
  }
  const { exclusions, warnings } = objectOf(file);
  return { exclusions: readEntries(exclusions), warnings: readEntries(warnings) };
}

/** A rule without entries is excepted everywhere. */
function readEntries(rules: unknown): readonly Exclusion[] {
  return Object.entries(objectOf(rules)).flatMap(([rule, value]) => {
    const { reason, entries } = objectOf(value);
    const common = textOf(reason);
    if (listOf(entries).length === 0) return [{ rule, reason: common }];
    return listOf(entries).map((each): Exclusion => {
      const { reason, dashboard, panel, targetIdx } = objectOf(each);
      const index = Number.parseInt(String(targetIdx), 10);
      return {
        rule,
        reason: textOf(reason) || common,
        ...(typeof dashboard === 'string' && { dashboard }),
        ...(typeof panel === 'string' && { panel }),
        ...(Number.isInteger(index) && { targetIndex: index }),
      };
    });
  });
}

export interface ExceptedFindings<F extends LintFinding> {
  readonly findings: readonly F[];
  readonly excepted: readonly (F & { readonly reason: string })[];
  /** Exceptions that nothing needs any more. */
  readonly unused: readonly Exclusion[];
}

/** Takes excepted findings away; an exception without a reason is one, too. */
export function exceptFindings<F extends LintFinding>(
  all: readonly F[],
  { exclusions, warnings }: ReadExclusions,
): ExceptedFindings<F> {
  const byRule = Map.groupBy(exclusions, ({ rule }) => rule);
  const used = new Set<Exclusion>();
  const findings: F[] = [];
  const excepted: ExceptedFindings<F>['excepted'][number][] = [];
  for (const finding of all) {
    const fitting = (byRule.get(finding.rule) ?? []).filter((each) => fits(each, finding));
    for (const each of fitting) used.add(each);
    const reason = fitting.find((each) => each.reason !== '')?.reason;
    if (reason !== undefined) excepted.push({ ...finding, reason });
    else if (fitting.length > 0) findings.push(withoutReason(finding));
    else if (warnings.some((each) => each.rule === finding.rule && fits(each, finding)))
      findings.push({ ...finding, severity: 'warning' });
    else findings.push(finding);
  }
  return { findings, excepted, unused: exclusions.filter((each) => !used.has(each)) };
}

function fits({ dashboard, panel, targetIndex }: Exclusion, finding: LintFinding): boolean {
  return (
    (dashboard ?? finding.dashboard) === finding.dashboard &&
    (panel ?? finding.panel) === finding.panel &&
    (targetIndex ?? finding.target?.index) === finding.target?.index
  );
}

function withoutReason<F extends LintFinding>(finding: F): F {
  return {
    ...finding,
    rule: 'exception-reason-rule',
    severity: 'error',
    message: `${finding.rule} is excepted without a reason: ${finding.message}`,
    remedy: 'Write the reason into the file .lint, or correct it.',
  };
}
