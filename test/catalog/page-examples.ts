// Runs the examples of a documentation page as a workspace would.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createJiti } from 'jiti';
import * as door from '../../index.ts';
import { validate, type Validated } from '../../catalog/index.ts';

/** The TypeScript blocks of a text, in order. */
export function examplesIn(markdown: string): readonly string[] {
  return [...markdown.matchAll(/^```ts\n(.*?)^```$/gms)].map((match) => match[1] ?? '');
}

/** A whole module of an example: what it lacks in imports comes in front, and what it says in passing is exported. */
export function moduleOf(example: string, prelude = ''): string {
  const named = /^(?:import|export) /m.test(example);
  const body = named ? example : `export const example = ${example.trim().replace(/;$/, '')};`;
  if (/^import /m.test(example)) return body;
  const imports = `import { ${Object.keys(door).join(', ')} } from 'ninefold';`;
  const taken = [...body.matchAll(/^export const (\w+)/gm)].map((match) => match[1]);
  const before = prelude
    .split('\n')
    .filter((line) => !taken.some((name) => line.startsWith(`const ${name} `)));
  return [imports, ...before, body, ''].join('\n');
}

const DEFINITIONS = [
  'service',
  'slo',
  'check',
  'config',
  'team',
  'routing',
  'runbook',
  'dashboard',
  'telemetry',
];

/** What validation tells of a module's exports; an SLI that stands alone gets an SLO, a probe a check. @throws what the module throws */
export async function validateModule(source: string): Promise<Validated> {
  const folder = mkdtempSync(join(tmpdir(), 'ninefold-example-'));
  try {
    const file = join(folder, 'example.slo.ts');
    writeFileSync(file, source);
    const jiti = createJiti(file, {
      virtualModules: { ninefold: door },
      interopDefault: false,
      fsCache: false,
    });
    const exported = Object.entries(await jiti.import<Record<string, unknown>>(file));
    const found = exported.flatMap(([name, value]) =>
      [value].flat().map((each) => {
        const definition = each as { kind: string };
        const known = DEFINITIONS.includes(definition.kind)
          ? definition
          : definition.kind === 'probe'
            ? checkOn(definition)
            : sloOn(definition);
        const config = definition.kind === 'config';
        return { file: config ? 'ninefold.config.ts' : 'example.slo.ts', path: name, value: known };
      }),
    );
    return validate(found, folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function checkOn(probe: unknown): door.CheckDefinition {
  const service = door.defineService({ name: 'example', team: 'example' });
  return door.defineCheck({ service, name: 'example', probe: probe as door.ProbeDefinition });
}

function sloOn(sli: unknown): door.SloDefinition {
  const service = door.defineService({ name: 'example', team: 'example' });
  return door.defineSlo({
    service,
    name: 'example',
    objective: '99.5%',
    sli: sli as door.SliDefinition,
  });
}
