// Test results as the JUnit XML that CI systems read.

/** The results of one file of tests. */
export interface JunitSuite {
  readonly name: string;
  readonly cases: readonly JunitCase[];
}

export interface JunitCase {
  readonly name: string;
  /** The file that holds the test. */
  readonly file?: string | undefined;
  /** What differs, one line each; none when the test passed. */
  readonly failures: readonly string[];
}

/** A whole document, ended by one line end; without times, so the same results are the same bytes. */
export function formatJunit(suites: readonly JunitSuite[]): string {
  const all = suites.flatMap(({ cases }) => cases);
  const lines = ['<?xml version="1.0" encoding="UTF-8"?>', `<testsuites${counts(all)}>`];
  for (const { name, cases } of suites) {
    lines.push(`  <testsuite name="${escaped(name)}"${counts(cases)}>`);
    for (const each of cases) lines.push(...caseLines(each, name));
    lines.push('  </testsuite>');
  }
  lines.push('</testsuites>', '');
  return lines.join('\n');
}

function counts(cases: readonly JunitCase[]): string {
  const failed = cases.filter(({ failures }) => failures.length > 0).length;
  return ` tests="${cases.length}" failures="${failed}" errors="0" skipped="0"`;
}

function caseLines({ name, file, failures }: JunitCase, suite: string): string[] {
  const place = file === undefined ? '' : ` file="${escaped(file)}"`;
  const opening = `    <testcase classname="${escaped(suite)}" name="${escaped(name)}"${place}`;
  const [first] = failures;
  if (first === undefined) return [`${opening}/>`];
  return [
    `${opening}>`,
    `      <failure message="${escaped(first)}">${escaped(failures.join('\n'))}</failure>`,
    '    </testcase>',
  ];
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&apos;',
  '\n': '&#10;',
  '\r': '&#13;',
  '\t': '&#9;',
};

/** XML 1.0 has no way to write other control characters, nor U+FFFE and U+FFFF: U+FFFD stands for them. */
function escaped(text: string): string {
  return (
    text
      .toWellFormed()
      // oxlint-disable-next-line no-control-regex
      .replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g, '\ufffd')
      .replace(/[&<>"'\n\r\t]/g, (character) => ENTITIES[character] ?? '')
  );
}
