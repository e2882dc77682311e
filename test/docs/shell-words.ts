// The commands of a shell block, split into words well enough for what documentation writes.

/** Words of each simple command: lines joined at a trailing backslash, cut at `&&`, `||`, `|` and `;`; no heredoc bodies. */
export function shellCommands(block: string): readonly (readonly string[])[] {
  const withoutBodies = block.replaceAll(/(<<'?(\w+)'?[^\n]*\n).*?^\2$/gms, '$1');
  return withoutBodies
    .replaceAll('\\\n', ' ')
    .split('\n')
    .filter((line) => !line.startsWith('#'))
    .flatMap((line) => cutCommands(splitWords(line.replace(/^\$ /, ''))))
    .filter((words) => words.length > 0);
}

const SEPARATORS = new Set(['&&', '||', '|', ';']);

function cutCommands(words: readonly string[]): string[][] {
  const commands: string[][] = [[]];
  for (const word of words) {
    if (SEPARATORS.has(word)) commands.push([]);
    else commands.at(-1)?.push(word);
  }
  return commands;
}

/** Quotes are taken off; redirections and their targets are left out. */
function splitWords(line: string): string[] {
  const words = [...line.matchAll(/(?:"[^"]*"|'[^']*'|[^\s"'])+/g)].map(([word]) =>
    word.replaceAll(/"([^"]*)"|'([^']*)'/g, '$1$2'),
  );
  return words.filter(
    (word, index) => !/^[<>]/.test(word) && !/^[<>]+$/.test(words[index - 1] ?? ''),
  );
}
