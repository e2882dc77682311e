/** The house stands as ARCHITECTURE.md draws it; and each rule is shown to catch what breaks it. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { findBreaches } from './architecture/house-rules.ts';
import { parseImportTable } from './architecture/import-table.ts';

const root = join(import.meta.dirname, '..');

it('keeps every rule of the house', () => {
  expect(findBreaches(root)).toEqual([]);
});

const TABLE = `
| Folder | Responsibility | May import | Outside packages | Node built-ins |
|---|---|---|---|---|
| \`slo/\` | the ground | – | \`temporal-polyfill\` | – |
| \`collector/\` | a room | \`slo/\` | \`@opentelemetry/*\` \`pino\` | \`node:*\` |
| \`collector/stores/\` | a part of it | – | \`ioredis\` \`@opentelemetry/sql\` | \`node:sqlite\` |
| \`index.ts\` | the door | \`slo/\` | – | – |
| \`packs/\` | the roof | \`index.ts\` | – | – |
| \`test/\` | the proofs | all | all | all |

`;

/** Breaches in a tree of these files; each gets an opening sentence unless it brings a comment. */
function breachesOf(files: Readonly<Record<string, string>>): string[] {
  const folder = mkdtempSync(join(tmpdir(), 'ninefold-architecture-'));
  try {
    writeFileSync(join(folder, 'ARCHITECTURE.md'), TABLE);
    for (const [path, text] of Object.entries(files)) {
      mkdirSync(dirname(join(folder, path)), { recursive: true });
      const opening = text.startsWith('/') ? '' : '/** Promises something in a sentence. */\n';
      writeFileSync(join(folder, path), `${opening}${text}\n`);
    }
    return findBreaches(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

describe('arrows between folders', () => {
  const slo = { 'slo/window.ts': 'export const days = 30;' };

  it('lets a room use the ground, and anyone below test', () => {
    const files = {
      ...slo,
      'collector/tick.ts': "import { days } from '../slo/window.ts';\nexport const tick = days;",
      'index.ts': "export { days } from './slo/window.ts';",
      'packs/kafka.ts': "import { days } from 'ninefold';\nexport const kafka = days;",
      'test/tick.test.ts': "import '../collector/tick.ts';\nimport 'vitest';\nimport 'node:fs';",
    };
    expect(breachesOf(files)).toEqual([]);
  });

  it('catches an arrow that the table does not have, whatever the form of the import', () => {
    const forms = {
      import: "import { tick } from '../collector/tick.ts';",
      'type import': "import type { Tick } from '../collector/tick.ts';",
      're-export': "export { tick } from '../collector/tick.ts';",
      'import()': "export const load = () => import('../collector/tick.ts');",
      'import() type': "export type Tick = import('../collector/tick.ts').Tick;",
      'require()': "require('../collector/tick.ts');",
      'createRequire()()': "createRequire(import.meta.url)('../collector/tick.ts');",
    };
    for (const [form, text] of Object.entries(forms)) {
      const files = { 'collector/tick.ts': 'export const tick = 1;', 'slo/window.ts': text };
      expect(breachesOf(files), form).toEqual([
        'slo/window.ts:2 imports collector/tick.ts, which the import table does not allow',
      ]);
    }
  });

  it('catches the roof going past the door, by path or by name', () => {
    expect(breachesOf({ ...slo, 'packs/kafka.ts': "import '../slo/window.ts';" })).toEqual([
      'packs/kafka.ts:2 imports slo/window.ts, which the import table does not allow',
    ]);
    const byName = { ...slo, 'index.ts': '', 'slo/self.ts': "import 'ninefold';" };
    expect(breachesOf(byName)).toEqual([
      'slo/self.ts:2 imports index.ts, which the import table does not allow',
    ]);
  });

  it('catches the proofs being used', () => {
    const files = { 'test/clock.ts': '', 'collector/tick.ts': "import '../test/clock.ts';" };
    expect(breachesOf(files)).toHaveLength(1);
  });

  it('catches a folder without a row and a file that is not there', () => {
    expect(breachesOf({ 'extras/x.ts': '' })).toEqual([
      'extras/x.ts: its folder has no row in the import table',
    ]);
    expect(breachesOf({ 'slo/x.ts': "import './y.ts';" })).toEqual([
      'slo/x.ts:2 imports slo/y.ts, which is not there',
    ]);
  });
});

describe('outside packages and Node built-ins', () => {
  const breachOf = (path: string, specifier: string): string[] =>
    breachesOf({ [path]: `import '${specifier}';` });

  it('allows what the row names, a scope by its star, and deep imports of a named package', () => {
    expect(breachOf('slo/x.ts', 'temporal-polyfill/fns')).toEqual([]);
    expect(breachOf('collector/x.ts', '@opentelemetry/api')).toEqual([]);
    expect(breachOf('collector/stores/x.ts', 'ioredis')).toEqual([]);
    expect(breachOf('collector/stores/x.ts', 'node:sqlite')).toEqual([]);
    expect(breachOf('collector/stores/x.ts', 'pino')).toEqual([]);
    expect(breachOf('collector/x.ts', 'node:fs/promises')).toEqual([]);
  });

  it('catches what it does not name', () => {
    expect(breachOf('slo/x.ts', 'zod')).toEqual([
      'slo/x.ts:2 imports zod, an outside package that its folder may not use',
    ]);
    expect(breachOf('slo/x.ts', 'node:fs')).toEqual([
      'slo/x.ts:2 imports node:fs, a Node built-in that its folder may not use',
    ]);
    expect(breachOf('collector/x.ts', '@fastify/otel')).toHaveLength(1);
    expect(breachOf('collector/x.ts', 'fs')).toEqual([
      'collector/x.ts:2 imports fs: write node:fs',
    ]);
  });

  it('keeps for a deeper row what that row names', () => {
    expect(breachOf('collector/x.ts', 'ioredis')).toHaveLength(1);
    expect(breachOf('collector/x.ts', 'node:sqlite')).toHaveLength(1);
    expect(breachOf('collector/x.ts', '@opentelemetry/sql')).toHaveLength(1);
  });
});

describe('loops of files', () => {
  it('catches a loop at run time, however long, and a file that imports itself', () => {
    const files = {
      'slo/a.ts': "import './b.ts';",
      'slo/b.ts': "import './c.ts';",
      'slo/c.ts': "import './a.ts';",
      'slo/d.ts': "import './a.ts';",
      'slo/e.ts': "import './e.ts';",
    };
    expect(breachesOf(files)).toEqual([
      'files import one another in a loop: slo/a.ts, slo/b.ts, slo/c.ts',
      'files import one another in a loop: slo/e.ts',
    ]);
  });

  it('catches a loop of types alone', () => {
    const files = {
      'slo/a.ts': "import type { B } from './b.ts';\nexport type A = B;",
      'slo/b.ts': "import type { A } from './a.ts';\nexport type B = A | 1;",
    };
    expect(breachesOf(files)).toEqual(['files import one another in a loop: slo/a.ts, slo/b.ts']);
  });
});

describe('the form of a file', () => {
  it('catches export * and default exports', () => {
    const files = {
      'slo/a.ts': 'export const a = 1;',
      'slo/star.ts': "export * from './a.ts';",
      'slo/named-star.ts': "export * as a from './a.ts';",
      'slo/value.ts': 'export default 1;',
      'slo/function.ts': 'export default function f() {}',
      'slo/renamed.ts': 'const a = 1;\nexport { a as default };',
      'vitest.config.ts': 'export default {};',
    };
    expect(breachesOf(files)).toEqual([
      'slo/function.ts:2 has a default export: name it',
      'slo/named-star.ts:2 has export *: name the exports',
      'slo/renamed.ts:3 has a default export: name it',
      'slo/star.ts:2 has export *: name the exports',
      'slo/value.ts:2 has a default export: name it',
    ]);
  });

  it('catches a file that opens without a sentence, and takes either kind of comment', () => {
    const files = {
      'slo/lines.ts': '// Counts of events: integers in,\n// integers out.\nexport const a = 1;',
      'slo/block.ts': '/**\n * Parses durations into seconds.\n */\nexport const a = 1;',
      'slo/words.ts': '// counts\nexport const a = 1;',
      'slo/empty.ts': '/** */\nexport const a = 1;',
      'test/slo/words.test.ts': '// counts',
    };
    const missing = 'opens without a sentence that says what it promises';
    expect(breachesOf(files)).toEqual([`slo/empty.ts: ${missing}`, `slo/words.ts: ${missing}`]);
  });

  it('catches shelves, as file, as folder and as a part of a name', () => {
    const files = {
      'slo/utils.ts': '',
      'slo/helpers/window.ts': '',
      'collector/alert-handler.ts': '',
      'collector/typescript-loader.ts': '',
      'test/types/define.test-d.ts': '',
    };
    expect(breachesOf(files)).toEqual([
      'collector/alert-handler.ts: "alert-handler.ts" says nothing, name the noun it owns',
      'slo/helpers/window.ts: "helpers" says nothing, name the noun it owns',
      'slo/utils.ts: "utils.ts" says nothing, name the noun it owns',
      'test/types/define.test-d.ts: "types" says nothing, name the noun it owns',
    ]);
  });
});

describe('the table itself', () => {
  it('is refused when it is missing or a cell is unclear', () => {
    expect(() => parseImportTable('# no table')).toThrow('no table with a column "May import"');
    const unclear = TABLE.replace(
      '| – | `temporal-polyfill`',
      '| the ground | `temporal-polyfill`',
    );
    expect(() => parseImportTable(unclear)).toThrow(
      'slo/, May import: expected names in backticks, "all" or "–", found "the ground"',
    );
  });
});
