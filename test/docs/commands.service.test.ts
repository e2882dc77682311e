import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { describe, expect, it } from 'vitest';
import { createCheckout, runShell } from './checkout.ts';
import { type CodeBlock, pageFiles, readPage } from './markdown-page.ts';
import { findAmtool } from '../services/alertmanager.ts';
import { findPromtool } from '../services/prometheus.ts';
import { describeWithService, temporaryFolder } from '../services/services.ts';
import { shellCommands } from './shell-words.ts';

/** Commands of a documentation block that need nothing but a shell. */
const HARMLESS = new Set(['cat', 'cp', 'mkdir', 'mv', 'printf', 'echo', 'sed']);
/** Commands of ninefold that need no server. */
const ALONE = new Set(['validate', 'build', 'replay', 'alerts', 'token', 'dashboards lint']);

function needsNoServer({ kind, code }: CodeBlock): boolean {
  return (
    kind.split(' ')[0] === 'sh' &&
    shellCommands(code).every(([program = '', command = '', verb = '', further = '']) =>
      program === 'npx'
        ? command === 'ninefold' && (ALONE.has(verb) || ALONE.has(`${verb} ${further}`))
        : HARMLESS.has(program),
    )
  );
}

/** The last digits of a division are nothing that a page promises. */
function rounded(output: string): string {
  return output.replaceAll(/\d+\.\d{12,}/g, (digits) => Number(digits).toPrecision(12));
}

/** Configurations of other servers that a page shows, by the file name in their first line. */
function configurations(name: string): readonly string[] {
  return pageFiles()
    .flatMap((file) => readPage(file).blocks)
    .filter(({ kind, code }) => kind === 'yaml' && code.startsWith(`# ${name}\n`))
    .map(({ code }) => code);
}

describeWithService(['promtool', 'amtool'], 'configurations that pages show', () => {
  const check = async (located: ReturnType<typeof findPromtool>, args: readonly string[]) => {
    if (!('file' in located)) throw new Error('promised by describeWithService');
    const { file, environment } = located;
    const child = spawn(file, args, { env: { ...process.env, ...environment } });
    const [stdout, stderr, [status]] = await Promise.all([
      text(child.stdout),
      text(child.stderr),
      once(child, 'close') as Promise<[number]>,
    ]);
    return { status, output: stdout + stderr };
  };

  it('are taken by Prometheus and Alertmanager', async () => {
    const folder = temporaryFolder('documentation');
    const shown = [
      ...configurations('prometheus.yml').map((text) => ({ text, tool: findPromtool() })),
      ...configurations('alertmanager.yml').map((text) => ({ text, tool: findAmtool() })),
    ];
    expect(shown.length).toBeGreaterThan(3);
    for (const [index, { text, tool }] of shown.entries()) {
      const file = path.join(folder, `${index}.yml`);
      writeFileSync(file, text);
      const command = text.startsWith('# prometheus')
        ? ['check', 'config', '--syntax-only', file]
        : ['check-config', file];
      expect(await check(tool, command)).toMatchObject({ status: 0 });
    }
  });
});

describe('commands of the documentation that need no server', () => {
  const runnable = pageFiles()
    .map(readPage)
    .map((page) => ({ ...page, blocks: page.blocks.filter(needsNoServer) }))
    .filter(({ blocks }) => blocks.length > 0);

  it('are found', () => {
    expect(runnable.map(({ file }) => file)).toContain('docs/your-first-slo.md');
  });

  it.each(runnable.map(({ file, blocks }) => [file, blocks] as const))(
    'do in %s what it says, one after another',
    async (_, blocks) => {
      const folder = createCheckout();
      try {
        for (const { kind, code, line, output } of blocks) {
          const outcome = await runShell(folder, code);
          expect({ line, failed: outcome.code !== 0, ...outcome }).toMatchObject({
            failed: kind.includes('fails'),
          });
          expect(rounded(outcome.output)).toBe(rounded(output ?? outcome.output));
        }
      } finally {
        rmSync(folder, { recursive: true, force: true });
      }
    },
  );
});
