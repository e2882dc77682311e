// Diagnostics as text for people and as JSON for programs.

/** What is printed of a diagnostic. */
interface Printed {
  readonly code: string;
  readonly severity: 'error' | 'warning';
  readonly file?: string;
  readonly line?: number;
  readonly path: string;
  readonly value: string;
  readonly message: string;
  readonly remedy: string;
}

const CODES = { bold: 1, dim: 2, red: 31, yellow: 33 } as const;

/** Text grouped by file in the order given, with a last line that counts; '' when there is nothing to tell. */
export function formatDiagnostics(
  diagnostics: readonly Printed[],
  options: { readonly colour: boolean },
): string {
  if (diagnostics.length === 0) return '';
  const paint = (style: keyof typeof CODES, text: string): string =>
    options.colour ? `\u001B[${CODES[style]}m${text}\u001B[0m` : text;
  const lines: string[] = [];
  for (const [file, group] of Map.groupBy(diagnostics, (each) => each.file ?? '')) {
    lines.push(paint('bold', file === '' ? '(workspace)' : printable(file)));
    for (const each of group) {
      const severity = paint(each.severity === 'error' ? 'red' : 'yellow', each.severity);
      const line = each.line === undefined ? '' : `line ${each.line}  `;
      const path = each.path === '' ? '' : `  ${printable(each.path)}`;
      lines.push(
        `  ${line}${severity}${path}  ${paint('dim', each.code)}`,
        `    ${printable(each.message)}`,
        `    ${printable(each.remedy)}`,
      );
    }
    lines.push('');
  }
  lines.push(summary(diagnostics), '');
  return lines.join('\n');
}

/** A JSON document with a line break at its end; property order is fixed. */
export function diagnosticsToJson(diagnostics: readonly Printed[]): string {
  const errors = diagnostics.filter((each) => each.severity === 'error').length;
  const list = diagnostics.map(({ code, severity, file, line, path, value, message, remedy }) => ({
    code,
    severity,
    ...(file === undefined ? {} : { file }),
    ...(line === undefined ? {} : { line }),
    path,
    value,
    message,
    remedy,
  }));
  const document = { errors, warnings: diagnostics.length - errors, diagnostics: list };
  return `${JSON.stringify(document, undefined, 2)}\n`;
}

function summary(diagnostics: readonly Printed[]): string {
  const errors = diagnostics.filter((each) => each.severity === 'error').length;
  const warnings = diagnostics.length - errors;
  const parts = [
    ...(errors > 0 ? [count(errors, 'error')] : []),
    ...(warnings > 0 ? [count(warnings, 'warning')] : []),
  ];
  return parts.join(', ');
}

function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`;
}

/** Control characters shown as escapes: a definition must not be able to move a terminal's cursor. */
function printable(text: string): string {
  return text.replace(/[\p{Cc}\u2028\u2029]/gu, (character) =>
    character === '\n'
      ? String.raw`\n`
      : `\\u${(character.codePointAt(0) ?? 0).toString(16).padStart(4, '0')}`,
  );
}
