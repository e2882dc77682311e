// Findings as SARIF 2.1.0, which code hosts show beside the lines they are about.
import type { AlertmanagerFinding } from './finding.ts';

export interface SarifOptions {
  /** Where the file lies, relative to the root of the repository. */
  readonly file: string;
  /** Of this program. */
  readonly version: string;
}

/** A SARIF log with one run: every code a rule, every finding a result. */
export interface SarifLog {
  readonly $schema: string;
  readonly version: '2.1.0';
  readonly runs: readonly [SarifRun];
}

interface SarifRun {
  readonly tool: {
    readonly driver: {
      readonly name: string;
      readonly semanticVersion: string;
      readonly rules: readonly { readonly id: string; readonly help: { readonly text: string } }[];
    };
  };
  readonly columnKind: 'unicodeCodePoints';
  readonly results: readonly SarifResult[];
}

interface SarifResult {
  readonly ruleId: string;
  readonly ruleIndex: number;
  readonly level: 'error' | 'warning';
  readonly message: { readonly text: string };
  readonly locations: readonly [
    {
      readonly physicalLocation: {
        readonly artifactLocation: { readonly uri: string };
        readonly region: { readonly startLine: number; readonly startColumn: number };
      };
    },
  ];
}

export function findingsToSarif(
  findings: readonly AlertmanagerFinding[],
  { file, version }: SarifOptions,
): SarifLog {
  const codes = [...new Set(findings.map(({ code }) => code))].sort();
  const uri = file.split(/[/\\]/).map(encodeURIComponent).join('/');
  return {
    $schema:
      'https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json',
    version: '2.1.0',
    runs: [
      {
        tool: {
          driver: {
            name: 'ninefold',
            semanticVersion: version,
            rules: codes.map((id) => ({
              id,
              help: { text: `See docs/alertmanager-findings.md, ${id}.` },
            })),
          },
        },
        columnKind: 'unicodeCodePoints',
        results: findings.map((finding) => ({
          ruleId: finding.code,
          ruleIndex: codes.indexOf(finding.code),
          level: finding.severity,
          message: { text: `${finding.message}. ${finding.remedy}` },
          locations: [
            {
              physicalLocation: {
                artifactLocation: { uri },
                region: { startLine: finding.line, startColumn: finding.column },
              },
            },
          ],
        })),
      },
    ],
  };
}
