// The pages of the language are true: their examples compile, mean what they say, and every code has its page.
import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { DIAGNOSTIC_CODES } from '../../slo/diagnostic.ts';
import { examplesIn, moduleOf, validateModule } from './page-examples.ts';

const root = join(import.meta.dirname, '../..');
const language = ['language', 'alerting', 'probes', 'probe-kinds', 'dashboards', 'runbooks']
  .map((page) => readFileSync(join(root, `docs/${page}.md`), 'utf8'))
  .join('\n');
const diagnostics = readFileSync(join(root, 'docs/diagnostics.md'), 'utf8');

const CHECKOUT = "const checkout = defineService({ name: 'checkout', team: 'shop' });";

/** Each code's section of the page. */
const sections = new Map(
  diagnostics
    .split(/^## /m)
    .slice(1)
    .map((section) => {
      const [code = '', ...text] = section.split('\n');
      return [code, text.join('\n')] as const;
    }),
);
const [prelude = ''] = examplesIn(diagnostics);

/** Compiles modules as a user's own project would. Gives what the compiler says, '' when it is content. */
async function compile(modules: readonly string[]): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'ninefold-examples-'));
  try {
    for (const [index, source] of modules.entries())
      writeFileSync(join(folder, `example-${index}.ts`), source);
    writeFileSync(join(folder, 'package.json'), '{"type":"module"}');
    const compilerOptions = {
      noUnusedLocals: false,
      typeRoots: [join(root, 'node_modules/@types')],
      paths: { ninefold: [join(root, 'index.ts')] },
    };
    const config = {
      extends: join(root, 'tsconfig.json'),
      compilerOptions,
      include: ['*.ts'],
      exclude: [],
    };
    writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify(config));
    const tsc = join(root, 'node_modules/@typescript/native/bin/tsc');
    const run = promisify(execFile)(process.execPath, [tsc, '--noEmit', '-p', folder]);
    return await run.then(
      ({ stdout }) => stdout,
      (error: { stdout?: string; message: string }) => error.stdout ?? error.message,
    );
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

describe('the pages of the language', () => {
  const examples = examplesIn(language).map(
    (example) => [example.split('\n')[0] ?? '', example] as const,
  );

  it('has an example of every function that a user imports', () => {
    const door = readFileSync(join(root, 'index.ts'), 'utf8');
    const functions = [...door.matchAll(/^export \{ (.*?) \}/gm)].flatMap(
      (match) => match[1]?.split(', ') ?? [],
    );
    expect(functions.length).toBeGreaterThan(15);
    const code = examples.map(([, example]) => example).join('\n');
    expect(functions.filter((name) => !code.includes(`${name}(`))).toEqual([]);
  });

  it('compiles in full', async () => {
    expect(await compile(examples.map(([, example]) => moduleOf(example, CHECKOUT)))).toBe('');
  });

  it.each(examples)('has nothing wrong in: %s', async (_, example) => {
    const told = (await validateModule(moduleOf(example, CHECKOUT))).diagnostics;
    const expected = ['config-missing', 'no-definitions'];
    expect(told.filter((each) => !expected.includes(each.code))).toEqual([]);
  });

  it('names every property of the definitions and of the configuration', () => {
    const sources = [
      'slo/resolve-slo.ts',
      'slo/resolve-service.ts',
      'slo/resolve-burn-policy.ts',
      'synthetics/resolve-check.ts',
      'slo/connection-reader.ts',
      'alerts/resolve-team.ts',
      'alerts/resolve-routing.ts',
      'alerts/resolve-hours.ts',
      'alerts/resolve-dependencies.ts',
      'alerts/resolve-timers.ts',
      'catalog/resolve-config.ts',
      'catalog/resolve-connections.ts',
      'catalog/resolve-store.ts',
      'catalog/runbook-settings.ts',
      'runbooks/resolve-runbook.ts',
      'runbooks/read-steps.ts',
      'catalog/resolve-dashboard-settings.ts',
      'dashboards/resolve-telemetry.ts',
      'catalog/config-endpoint.ts',
    ];
    const known = sources.flatMap((source) =>
      [...readFileSync(join(root, source), 'utf8').matchAll(/known: \[([^\]]*)\]/g)].flatMap(
        (match) => [...(match[1] ?? '').matchAll(/'(\w+)'/g)].map((name) => name[1] ?? ''),
      ),
    );
    expect(known.length).toBeGreaterThan(60);
    const untold = [...new Set(known)].filter(
      (name) => name !== 'kind' && !new RegExp(`\\b${name}\\b`).test(language),
    );
    expect(untold).toEqual([]);
  });
});

describe('the page of diagnostics', () => {
  it('has a heading for each code, in order, and no other', () => {
    expect([...sections.keys()]).toEqual(Object.keys(DIAGNOSTIC_CODES).sort());
  });

  it.each(Object.entries(DIAGNOSTIC_CODES))(
    'says what %s means, as the catalogue of codes does',
    (code, meaning) => {
      expect(sections.get(code)?.replaceAll(/\s+/g, ' ').toLowerCase()).toContain(
        ` ${meaning.toLowerCase()}.`,
      );
    },
  );

  it.each([...sections].filter(([code]) => code !== 'not-loadable'))(
    'causes %s with the first example and not with the second',
    async (code, section) => {
      const [wrong = '', right = ''] = examplesIn(section);
      const causes = (await validateModule(moduleOf(wrong, prelude))).diagnostics;
      expect(causes.map((each) => each.code)).toContain(code);
      const fixed = (await validateModule(moduleOf(right, prelude))).diagnostics;
      const absent = ['config-missing', 'no-definitions'].filter((each) => each !== code);
      expect(fixed.filter((each) => !absent.includes(each.code))).toEqual([]);
    },
  );

  it('has an example of not-loadable that does not load, and one that does', async () => {
    const [wrong = '', right = ''] = examplesIn(sections.get('not-loadable') ?? '');
    await expect(validateModule(moduleOf(wrong, prelude))).rejects.toThrow(/Unexpected token/);
    await expect(validateModule(moduleOf(right, prelude))).resolves.toHaveProperty('catalog');
  });

  it('has right examples that compile', async () => {
    const right = [...sections.values()].map((section) =>
      moduleOf(examplesIn(section)[1] ?? '', prelude),
    );
    expect(await compile(right)).toBe('');
  });
});
