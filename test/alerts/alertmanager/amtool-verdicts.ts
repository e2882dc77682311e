/** What the real amtool says of many files at once: for each, whether Alertmanager of its version loads it. */
import { spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { alertmanagerDistributions } from '../../services/alertmanager.ts';
import type { AlertmanagerVersion } from '../../services/alertmanager.ts';
import { requireProgram } from '../../services/distribution.ts';
import { temporaryFolder } from '../../services/started-servers.ts';

/** Undefined where it is accepted, else the reason; a file that crashes amtool is refused. */
export async function amtoolVerdicts(
  version: AlertmanagerVersion,
  texts: readonly string[],
): Promise<readonly (string | undefined)[]> {
  const { file: amtool } = await requireProgram(alertmanagerDistributions[version], 'amtool');
  const folder = join(temporaryFolder('amtool-verdicts'), version);
  mkdirSync(folder, { recursive: true });
  const files = texts.map((text, index) => {
    const file = join(folder, `${index}.yml`);
    writeFileSync(file, text);
    return file;
  });
  const verdicts: (string | undefined)[] = [];
  while (verdicts.length < files.length) {
    const batch = files.slice(verdicts.length, verdicts.length + 200);
    const { stdout, stderr } = spawnSync(amtool, ['check-config', ...batch], {
      encoding: 'utf8',
      maxBuffer: 2 ** 28,
    });
    const judged = stdout
      .split(/^Checking '/m)
      .slice(1)
      .map(verdictOf);
    // A crash ends the run at the file that caused it.
    const whole = judged.findIndex((each) => each === 'no verdict');
    verdicts.push(...(whole === -1 ? judged : judged.slice(0, whole)));
    if (whole !== -1) verdicts.push(`crash: ${stderr.slice(0, 200)}`);
    else if (judged.length === 0) throw new Error(`amtool said nothing: ${stderr}`);
  }
  return verdicts;
}

/** Of the file itself, and then of its templates. */
function verdictOf(part: string): string | undefined {
  const verdicts = part.match(/ {2}(?:SUCCESS|FAILED[^\n]*)/g) ?? [];
  if (verdicts.length === 0) return 'no verdict';
  return verdicts.find((each) => each.includes('FAILED'))?.trim();
}
