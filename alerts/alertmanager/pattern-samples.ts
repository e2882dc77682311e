// Texts that a regular expression may match, found by reading it; whoever needs to be sure asks the pattern itself.

const MOST_SAMPLES = 32;
const LONGEST_PATTERN = 4096;
const LONGEST_SAMPLE = 1024;
const DEEPEST = 50;

/**
 * Up to 32 texts, most of which match; each alternative of a plain list `a|b|c` comes once. What this does not
 * understand is taken for plain text.
 */
export function patternSamples(pattern: string): string[] {
  if (pattern.length > LONGEST_PATTERN) return [];
  const reader = { text: pattern, at: 0 };
  const samples = alternatives(reader, 0).slice(0, MOST_SAMPLES);
  const other = IGNORES_CASE.test(pattern) ? samples.map(turnedCase) : [];
  return [...new Set([...samples, ...other])].slice(0, MOST_SAMPLES);
}

const IGNORES_CASE = /\(\?[a-zA-Z]*i/;

const turnedCase = (text: string): string =>
  text === text.toLowerCase() ? text.toUpperCase() : text.toLowerCase();

interface Reader {
  readonly text: string;
  at: number;
}

function alternatives(reader: Reader, depth: number): string[] {
  const all = [...sequence(reader, depth)];
  while (reader.text[reader.at] === '|') {
    reader.at += 1;
    all.push(...sequence(reader, depth));
  }
  return all;
}

function sequence(reader: Reader, depth: number): string[] {
  let samples = [''];
  for (;;) {
    const next = reader.text[reader.at];
    if (next === undefined || next === '|' || next === ')') return samples;
    const piece = repeated(reader, atom(reader, depth));
    // The first sample of each piece with all of the others, so that every alternative comes at least once.
    samples = [
      ...samples.slice(0, MOST_SAMPLES).map((sample) => joined(sample, piece[0] ?? '')),
      ...piece.slice(1, MOST_SAMPLES).map((each) => joined(samples[0] ?? '', each)),
    ];
  }
}

/** Cut off where repeats of repeats would make too much of it. */
const joined = (left: string, right: string): string => (left + right).slice(0, LONGEST_SAMPLE);

function atom(reader: Reader, depth: number): string[] {
  const character = reader.text[reader.at] ?? '';
  reader.at += 1;
  switch (character) {
    case '(':
      return depth < DEEPEST ? group(reader, depth + 1) : [''];
    case '[':
      return characterClass(reader);
    case '.':
      return ['x'];
    case '^':
    case '$':
      return [''];
    case '\\':
      return escape(reader);
    default:
      return [character];
  }
}

const GROUP_OPENING = /^\?(?:P?<\w+>|[imsU-]*:)/;
const FLAGS_ONLY = /^\?[imsU-]+\)/;

function group(reader: Reader, depth: number): string[] {
  const rest = reader.text.slice(reader.at, reader.at + 64);
  const flags = FLAGS_ONLY.exec(rest);
  if (flags !== null) {
    reader.at += flags[0].length;
    return [''];
  }
  reader.at += GROUP_OPENING.exec(rest)?.[0].length ?? 0;
  const inside = alternatives(reader, depth);
  if (reader.text[reader.at] === ')') reader.at += 1;
  return inside;
}

const ESCAPES: Readonly<Record<string, string>> = {
  d: '0',
  D: 'x',
  w: 'x',
  W: '-',
  s: ' ',
  S: 'x',
  b: '',
  B: '',
  A: '',
  z: '',
  n: '\n',
  t: '\t',
};

function escape(reader: Reader): string[] {
  const character = reader.text[reader.at] ?? '';
  reader.at += 1;
  return [ESCAPES[character] ?? character];
}

/** Some members of a class; for a negated one, some that are not in it. */
function characterClass(reader: Reader): string[] {
  const negated = reader.text[reader.at] === '^';
  if (negated) reader.at += 1;
  const members: string[] = [];
  for (let first = true; ; first = false) {
    const character = reader.text[reader.at];
    if (character === undefined) break;
    reader.at += 1;
    if (character === ']' && !first) break;
    if (character === '\\') members.push(...escape(reader));
    else if (character !== '-' || first) members.push(character);
  }
  if (!negated) return members.length === 0 ? [''] : members.slice(0, MOST_SAMPLES);
  return ['x', '0', '-', 'Z', '_'].filter((each) => !members.includes(each));
}

const REPEAT = /^(?:[*+?]|\{(\d{1,4})(?:,\d{0,4})?\})\??/;
const MOST_REPEATS = 64;

function repeated(reader: Reader, piece: string[]): string[] {
  const match = REPEAT.exec(reader.text.slice(reader.at, reader.at + 16));
  if (match === null) return piece;
  reader.at += match[0].length;
  if (match[1] !== undefined)
    return piece.map((each) => joined('', each.repeat(Math.min(Number(match[1]), MOST_REPEATS))));
  return match[0].startsWith('+') ? piece : [...piece, ''];
}
