import { existsSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import type { CommandUnknownOpts } from '@commander-js/extra-typings';
import { describe, expect, it } from 'vitest';
import { createProgram } from '../../cli/program.ts';
import type { Terminal } from '../../cli/terminal.ts';
import { moduleOf, validateModule } from '../catalog/page-examples.ts';
import { FENCE, type MarkdownPage, pageFiles, readPage, ROOT } from './markdown-page.ts';
import { shellCommands } from './shell-words.ts';

const pages = pageFiles().map(readPage);
const program = createProgram({} as Terminal, '0.0.0', () => {});
const { scripts } = JSON.parse(readFileSync(path.join(ROOT, 'package.json'), 'utf8')) as {
  scripts: Readonly<Record<string, string>>;
};

interface WrittenCommand {
  readonly words: readonly string[];
  /** In running text a command may stand for itself, without what it needs. */
  readonly complete: boolean;
}

/** Commands in shell blocks, and in code spans of the text. */
function commandsOf({ file, blocks }: MarkdownPage): readonly WrittenCommand[] {
  const text = readFileSync(path.join(ROOT, file), 'utf8').replaceAll(FENCE, '');
  const spans = [...text.matchAll(/`((?:npx ninefold|npm) [^`]*)`/g)];
  const shell = blocks.filter(({ kind }) => kind.split(' ')[0] === 'sh');
  return [
    ...shell.flatMap(({ code }) => shellCommands(code).map((words) => ({ words, complete: true }))),
    ...spans.flatMap(([, span = '']) =>
      shellCommands(span).map((words) => ({ words, complete: false })),
    ),
  ];
}

/** What is wrong with the words after `ninefold`; undefined when the command line takes them. */
function wrongWith(words: readonly string[], complete = true): string | undefined {
  let command: CommandUnknownOpts = program;
  const rest = [...words];
  for (let next = rest[0]; next !== undefined; next = rest[0]) {
    const sub = command.commands.find((each) => each.name() === next);
    if (sub === undefined) break;
    command = sub;
    rest.shift();
  }
  if (rest.includes('--help') || rest.includes('--version')) return undefined;
  if (command.commands.length > 0) {
    if (rest[0] === undefined && !complete) return undefined;
    return `${command.name()} has no command '${rest[0]}'`;
  }
  let values = 0;
  for (let index = 0; index < rest.length; index += 1) {
    const word = rest[index] ?? '';
    const option = command.options.find(({ long, short }) => [long, short].includes(word));
    if (option?.required === true) index += 1;
    else if (!word.startsWith('-') || word === '-') values += 1;
    else if (option === undefined) return `${command.name()} has no option ${word}`;
  }
  const needed = command.registeredArguments.filter(({ required }) => required).length;
  if (complete && values < needed) return `${command.name()} needs ${needed} arguments`;
  if (values > command.registeredArguments.length) return `${command.name()} takes fewer arguments`;
  const absent = command.options.find((each) => each.mandatory && !rest.includes(each.long ?? ''));
  return complete && absent !== undefined ? `${command.name()} needs ${absent.long}` : undefined;
}

describe('the documentation', () => {
  it('links to pages, files and headings that exist', () => {
    const anchors = new Map(pages.map(({ file, anchors }) => [file, anchors]));
    const broken = pages.flatMap(({ file, links }) =>
      links
        .filter((link) => !/^[a-z]+:/.test(link))
        .filter((link) => {
          const [target = '', anchor] = link.split('#');
          const linked = target === '' ? file : path.join(path.dirname(file), target);
          if (!existsSync(path.join(ROOT, linked))) return true;
          return anchor !== undefined && anchors.get(linked)?.has(anchor) !== true;
        })
        .map((link) => `${file}: ${link}`),
    );
    expect(broken).toEqual([]);
    expect(pages.flatMap(({ links }) => links).length).toBeGreaterThan(50);
  });

  it('can be found from the README, page by page', () => {
    const found = new Set(['README.md']);
    for (const file of found)
      for (const link of pages.find((page) => page.file === file)?.links ?? []) {
        const linked = path.join(path.dirname(file), link.split('#')[0] ?? '');
        const target = path.join(ROOT, linked);
        if (linked.endsWith('.md') && existsSync(target)) found.add(linked);
        if (existsSync(target) && statSync(target).isDirectory())
          for (const { file: inside } of pages)
            if (path.dirname(inside) === path.normalize(linked).replace(/\/$/, ''))
              found.add(inside);
      }
    expect(pages.map(({ file }) => file).filter((file) => !found.has(file))).toEqual([]);
  });

  it('names commands, arguments and options that exist', () => {
    const commands = pages.flatMap((page) =>
      commandsOf(page)
        .filter(({ words }) => words[0] === 'npx' && words[1] === 'ninefold')
        .map((command) => ({ ...command, file: page.file })),
    );
    const wrong = commands.flatMap(({ file, words, complete }) => {
      const reason = wrongWith(words.slice(2), complete);
      return reason === undefined ? [] : [`${file}: ${words.join(' ')}: ${reason}`];
    });
    expect(wrong).toEqual([]);
    expect(commands.length).toBeGreaterThan(20);
  });

  it('names scripts that package.json has', () => {
    const named = pages.flatMap((page) =>
      commandsOf(page).flatMap(({ words: [npm, verb = '', name = ''] }) => {
        if (npm !== 'npm' || ['ci', 'install', 'ls', 'version'].includes(verb)) return [];
        return [{ file: page.file, script: verb === 'run' ? name : verb }];
      }),
    );
    expect(named.filter(({ script }) => scripts[script] === undefined)).toEqual([]);
    expect(new Set(named.map(({ script }) => script))).toContain('start');
  });

  it('tells a wrong command from a right one', () => {
    expect(wrongWith(['validate', 'my-slos', '--json'])).toBeUndefined();
    expect(wrongWith(['validate'])).toBe('validate needs 1 arguments');
    expect(wrongWith(['validate', 'a', 'b'])).toBe('validate takes fewer arguments');
    expect(wrongWith(['status', '--sources'])).toBe('status has no option --sources');
    expect(wrongWith(['sttus'])).toBe("ninefold has no command 'sttus'");
    expect(wrongWith(['token', 'list'])).toBe('list needs --file');
  });
});

describe('an example of a definition', () => {
  const example = readFileSync(path.join(ROOT, 'examples/first-slo/checkout.slo.ts'), 'utf8');
  const config = readFileSync(path.join(ROOT, 'examples/first-slo/ninefold.config.ts'), 'utf8');

  it.each([
    ['README.md', [example]],
    ['docs/your-first-slo.md', [example, config]],
  ])('is examples/first-slo in %s', (file, expected) => {
    const shown = readPage(file).blocks.filter(({ kind }) => kind === 'ts');
    expect(shown.slice(0, expected.length).map(({ code }) => code)).toEqual(expected);
  });

  const configs = ['README.md', 'docs/connect.md'].flatMap((file) =>
    readPage(file)
      .blocks.filter(({ kind, code }) => kind === 'ts' && code.includes('defineConfig('))
      .map(({ code, line }) => [`${file}:${line}`, code] as const),
  );

  it.each(configs)('has no mistake at %s', async (_, code) => {
    const { diagnostics } = await validateModule(moduleOf(code));
    expect(diagnostics.filter(({ code: each }) => each !== 'no-definitions')).toEqual([]);
  });
});
