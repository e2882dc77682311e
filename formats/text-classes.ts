// Which texts some regular expressions tell apart: one text for every way to match some of them and not the others.
import { RE2JS } from 're2js';

export interface TextClass {
  /** As short as can be. */
  readonly text: string;
  /** Which of the patterns match it, in their order. */
  readonly matched: readonly boolean[];
}

/** How much may still be looked at: runes that were tried × instructions that they met; a million is about a second. */
export interface Effort {
  left: number;
}

/** A compiled pattern, ready to be followed. */
export interface FollowedPattern {
  readonly pattern: RE2JS;
  /** undefined where it asks for boundaries of words, or for letters of other alphabets in either case. */
  readonly program: Program | undefined;
}

/** @throws Error of re2js when the pattern is none */
export function followPattern(text: string): FollowedPattern {
  const pattern = RE2JS.compile(text);
  return { pattern, program: programOf(pattern) };
}

/**
 * A text for each way in which texts without line ends match some of the patterns and not the others. Patterns may match
 * any part of a text, as Go's MatchString says. All of them are followed side by side, by the subset construction.
 * @param effort is taken from
 * @returns undefined where it does not suffice, or where a pattern cannot be followed
 */
export function textClasses(
  patterns: readonly FollowedPattern[],
  effort: Effort,
): readonly TextClass[] | undefined {
  const programs = patterns.map(({ program }) => program).filter((each) => each !== undefined);
  if (programs.length < patterns.length) return undefined;
  const classes = new Map<string, TextClass>();
  const seen = new Set<string>();
  const waiting: { readonly text: string; readonly states: readonly State[] }[] = [];
  const visit = (text: string, states: readonly State[]): void => {
    const key = `${Number(text === '')} ${states.map(({ at, found }) => (found ? '*' : at.join())).join(' ')}`;
    if (seen.has(key)) return;
    seen.add(key);
    waiting.push({ text, states });
  };
  const begin = { isBegin: true, isEnd: false };
  visit(
    '',
    programs.map((program) => follow(program, [program.start], begin)),
  );
  for (const { text, states } of waiting) {
    const matched = states.map((state) => endsWell(state, text === ''));
    const key = matched.map(Number).join('');
    if (!classes.has(key)) classes.set(key, { text, matched });
    const instructions = states.reduce((sum, { at }) => sum + at.length, states.length);
    for (const rune of distinctRunes(states)) {
      effort.left -= instructions;
      if (effort.left < 0) return undefined;
      visit(
        text + String.fromCodePoint(rune),
        states.map((state) => step(state, rune)),
      );
    }
  }
  const found = [...classes.values()];
  // The programs belong to the library: what they say is believed only where the library says it, too.
  const agrees = ({ text, matched }: TextClass): boolean =>
    patterns.every(({ pattern }, index) => pattern.test(text) === matched[index]);
  return found.every(agrees) ? found : undefined;
}

/** An instruction of a compiled pattern; the same as in Go's regexp/syntax. */
interface Instruction {
  readonly op: number;
  readonly out: number;
  /** The other way of an alternative; the condition of an empty width. */
  readonly arg: number;
  /** One rune, or first and last of each range. */
  readonly runes: ArrayLike<number>;
  matchRune(rune: number): boolean;
}

interface Program {
  readonly inst: readonly Instruction[];
  readonly start: number;
}

const OP = {
  alternative: 1,
  alternativeMatch: 2,
  capture: 3,
  emptyWidth: 4,
  fail: 5,
  match: 6,
  nothing: 7,
  rune: 8,
  oneRune: 9,
  anyRune: 10,
  anyButLineEnd: 11,
} as const;

/** Conditions of an empty width, as bits; without line ends, lines are texts. */
const BEGIN = 0b000101;
const END = 0b001010;

function programOf(pattern: RE2JS): Program | undefined {
  const program = pattern.re2().prog as Program;
  return program.inst.every(isFollowed) ? program : undefined;
}

function isFollowed(instruction: Instruction): boolean {
  const { op, arg, runes } = instruction;
  if (op === OP.emptyWidth) return (arg & ~(BEGIN | END)) === 0;
  const rune = runes[0] ?? 0;
  if (runes.length === 1 && rune > 127)
    return otherCases(rune).every((other) => !instruction.matchRune(other));
  return op <= OP.anyButLineEnd;
}

/** Where a pattern is in a text: at which instructions, or done, because some part of the text matched. */
interface State {
  readonly program: Program;
  readonly at: readonly number[];
  readonly found: boolean;
}

interface Place {
  readonly isBegin: boolean;
  readonly isEnd: boolean;
}

/** From instructions to those that wait for a rune, or for the end. */
function follow(program: Program, from: readonly number[], { isBegin, isEnd }: Place): State {
  const reached = new Set<number>();
  const at: number[] = [];
  const open = [...from];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const instruction = program.inst[next];
    if (instruction === undefined || reached.has(next)) continue;
    reached.add(next);
    const { op, out, arg } = instruction;
    if (op === OP.match) return { program, at: [], found: true };
    if (op === OP.alternative || op === OP.alternativeMatch) open.push(out, arg);
    else if (op === OP.capture || op === OP.nothing) open.push(out);
    else if (op === OP.emptyWidth) {
      if ((arg & BEGIN) !== 0 && !isBegin) continue;
      if ((arg & END) !== 0 && !isEnd) at.push(next);
      else open.push(out);
    } else if (op !== OP.fail) at.push(next);
  }
  return { program, at: at.sort((a, b) => a - b), found: false };
}

/** Whether the pattern matches a text that ends here. */
function endsWell({ program, at, found }: State, isBegin: boolean): boolean {
  return found || follow(program, at, { isBegin, isEnd: true }).found;
}

/** After one more rune; a match may begin anywhere. */
function step(state: State, rune: number): State {
  if (state.found) return state;
  const { program, at } = state;
  const next = at
    .map((index) => program.inst[index])
    .filter((each) => each !== undefined)
    .filter((each) => takes(each, rune))
    .map(({ out }) => out);
  return follow(program, [...next, program.start], { isBegin: false, isEnd: false });
}

/** No rune is a line end. */
function takes(instruction: Instruction, rune: number): boolean {
  if (instruction.op === OP.anyRune || instruction.op === OP.anyButLineEnd) return true;
  return instruction.op !== OP.emptyWidth && instruction.matchRune(rune);
}

const LINE_END = 0x0a;
/** Halves of pairs, which are no runes. */
const SURROGATES = { first: 0xd800, end: 0xe000 };
const END_OF_RUNES = 0x110000;
/** What reads well in an example. */
const FAMILIAR = Array.from('xa0-Z_/. ', (each) => each.charCodeAt(0));

/** A rune of every kind that any of the patterns tells apart where it is; familiar ones first. */
function distinctRunes(states: readonly State[]): number[] {
  const ends = [LINE_END, LINE_END + 1, SURROGATES.first, SURROGATES.end, END_OF_RUNES];
  const edges = new Set([0, ...ends, ...states.flatMap(edgesOf)]);
  const sorted = [...edges].sort((a, b) => a - b);
  const familiar: number[] = [];
  const others: number[] = [];
  for (const [index, first] of sorted.slice(0, -1).entries()) {
    if (first === LINE_END || first === SURROGATES.first) continue;
    const end = sorted[index + 1] ?? END_OF_RUNES;
    const example = FAMILIAR.find((rune) => first <= rune && rune < end);
    if (example === undefined) others.push(first);
    else familiar.push(example);
  }
  return [...familiar, ...others];
}

/** Where the runes that an instruction takes begin and end. */
function edgesOf({ program, at }: State): number[] {
  return at.flatMap((index) => {
    const { runes = [] } = program.inst[index] ?? {};
    const only = runes[0];
    if (runes.length === 1 && only !== undefined)
      return [only, ...otherCases(only)].flatMap((rune) => [rune, rune + 1]);
    return Array.from(runes, (rune, place) => (place % 2 === 0 ? rune : rune + 1));
  });
}

/** What else a rune may stand for where case does not matter; of Latin letters all. */
function otherCases(rune: number): number[] {
  const text = String.fromCodePoint(rune);
  const cases = [
    text.toLowerCase(),
    text.toUpperCase(),
    ...(SPECIAL_CASES[text.toLowerCase()] ?? []),
  ];
  return cases.map((each) => each.codePointAt(0) ?? rune).filter((each) => each !== rune);
}

/** Runes beyond ASCII that Unicode folds to letters of it. */
const SPECIAL_CASES: Readonly<Record<string, readonly string[]>> = {
  k: ['\u212a'],
  s: ['\u017f'],
};
