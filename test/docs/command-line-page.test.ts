import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { CommandUnknownOpts } from '@commander-js/extra-typings';
import { describe, expect, it } from 'vitest';
import { createProgram } from '../../cli/program.ts';
import type { Terminal } from '../../cli/terminal.ts';
import { ROOT } from './markdown-page.ts';

/** The options of each command in the list that opens the page; a line that is indented goes on with the one before. */
function optionsOnPage(): ReadonlyMap<string, ReadonlySet<string>> {
  const page = readFileSync(path.join(ROOT, 'docs/cli.md'), 'utf8');
  const list = /```\n(ninefold [\s\S]*?)```/.exec(page)?.[1] ?? '';
  const options = new Map<string, Set<string>>();
  for (const line of list.replaceAll(/\n +/g, ' ').trim().split('\n')) {
    const name = /^ninefold ((?:[a-z]+ ?)+)/.exec(line)?.[1]?.trim() ?? line;
    const known = options.get(name) ?? new Set();
    options.set(name, known.union(new Set(line.match(/--[a-z-]+/g) ?? [])));
  }
  return options;
}

function* leaves(
  command: CommandUnknownOpts,
  above: string,
): Iterable<[string, CommandUnknownOpts]> {
  for (const each of command.commands) {
    const name = `${above}${each.name()}`;
    if (each.commands.length === 0) yield [name, each];
    yield* leaves(each, `${name} `);
  }
}

const written = optionsOnPage();
const commands = [
  ...leaves(
    createProgram({} as Terminal, '0.0.0', () => {}),
    '',
  ),
];

describe('the list that opens docs/cli.md', () => {
  it('has every command, in the order of --help', () => {
    expect([...written.keys()]).toEqual(commands.map(([name]) => name));
  });

  it.each(commands)('has every option of %s, and no other', (name, command) => {
    const known = command.options.map(({ long }) => long ?? '');
    expect([...(written.get(name) ?? [])].sort()).toEqual(known.sort());
  });
});
