// What an answer can be asked for: each kind's table of sources, and the builder of assertions that follows from it.
import type { TextRule } from '../slo/definition-reader.ts';
import { didYouMean } from '../slo/nearest-name.ts';
import { frozenCopy } from '../slo/plain-data.ts';
import {
  type ConditionsOn,
  isOperatorOn,
  type Operator,
  OPERATORS,
  type ValueType,
} from './assertion-grammar.ts';
import { GrammarError, readOperand } from './assertion-operand.ts';
import type { Assertion } from './assertion.ts';
import { parseJsonPath } from './json-path.ts';
import { type Phase, PHASES } from './phase.ts';

/** One thing of an answer. */
export interface SourceRule {
  readonly type: ValueType;
  /** What has to be said besides the source's name. */
  readonly argument?: ArgumentKind;
}

export type Sources = Readonly<Record<string, SourceRule>>;

interface ArgumentText {
  readonly header: string;
  readonly jsonPath: `$${string}`;
  readonly phase: Phase;
}

export type ArgumentKind = keyof ArgumentText;

type ArgumentRule = Omit<TextRule<string>, 'code'>;

const ARGUMENTS: Readonly<Record<ArgumentKind, ArgumentRule>> = {
  header: {
    parse: (text) => (/^[\w!#$%&'*+.^`|~-]{1,100}$/.test(text) ? text.toLowerCase() : undefined),
    expected: 'the name of a header',
    remedy: `Write a header's name: 'content-type'.`,
  },
  jsonPath: {
    parse: (text) => (parseJsonPath(text) === undefined ? undefined : text),
    expected: 'a JSON path',
    remedy: `Write '$' and names, indexes or [*]: '$.items[0].name', "$['odd key']".`,
  },
  phase: {
    parse: (text) => PHASES.find((phase) => phase === text),
    expected: 'a phase',
    remedy: `Write one of: ${PHASES.map((phase) => `'${phase}'`).join(', ')}.`,
  },
};

/** The sources that every kind with a connection has: the time of the whole try, and of each phase. */
export const TIMING_SOURCES = {
  duration: { type: 'latency' },
  phase: { type: 'latency', argument: 'phase' },
} as const satisfies Sources;

/** An answer as expectations see it: one property for each source. */
export type AnswerOf<Table extends Sources> = {
  readonly [Name in keyof Table]: Table[Name] extends {
    readonly argument: infer Kind extends ArgumentKind;
  }
    ? (argument: ArgumentText[Kind]) => ConditionsOn<Table[Name]['type'], Assertion>
    : ConditionsOn<Table[Name]['type'], Assertion>;
};

/** The answer that a function of expectations is called with; a wrong word throws GrammarError. */
export function answerOf<Table extends Sources>(sources: Table): AnswerOf<Table> {
  const properties = Object.entries(sources).map(([source, rule]) => {
    const { argument: kind } = rule;
    if (kind === undefined) return [source, conditionsOn(source, rule)] as const;
    return [
      source,
      (written: unknown) => conditionsOn(source, rule, readArgument(kind, written)),
    ] as const;
  });
  return guarded(Object.fromEntries(properties), 'An answer of this kind') as AnswerOf<Table>;
}

function conditionsOn(source: string, { type }: SourceRule, argument?: string): object {
  const names = (Object.keys(OPERATORS) as Operator[]).filter((name) => isOperatorOn(name, type));
  const conditions = names.map((operator) => {
    const make = (...written: readonly unknown[]): Assertion => {
      const operand = readOperand(operator, type, written);
      return frozenCopy({
        source,
        ...(argument === undefined ? {} : { argument }),
        type,
        operator,
        ...(operand === undefined ? {} : { operand }),
      });
    };
    return [operator, make] as const;
  });
  return guarded(Object.fromEntries(conditions), `'${source}'`);
}

function readArgument(kind: ArgumentKind, written: unknown): string {
  const rule = ARGUMENTS[kind];
  const read = typeof written === 'string' ? rule.parse(written) : undefined;
  if (read !== undefined) return read;
  const shown = typeof written === 'string' ? `'${written.slice(0, 100)}'` : String(written);
  throw new GrammarError(`${shown} is not ${rule.expected}`, rule.remedy);
}

/** An object that says what it does have when it is asked for anything else: types alone do not hold where nobody compiles. */
function guarded(properties: object, owner: string): object {
  const known = Object.keys(properties);
  return new Proxy(properties, {
    get(target, name) {
      if (typeof name === 'symbol' || known.includes(name)) return Reflect.get(target, name);
      throw new GrammarError(
        `${owner} has no '${name}'.${didYouMean(name, known)}`,
        `Use one of: ${known.join(', ')}.`,
      );
    },
  });
}

/** Whether a value is an assertion on one of the sources. */
export function isAssertion(value: unknown, sources: Sources): value is Assertion {
  if (typeof value !== 'object' || value === null) return false;
  const { source, type, operator } = value as Partial<Assertion>;
  if (typeof source !== 'string' || typeof operator !== 'string') return false;
  const rule = Object.hasOwn(sources, source) ? sources[source] : undefined;
  return rule !== undefined && rule.type === type && isOperatorOn(operator, rule.type);
}
