// A guide as a reader follows it: symptoms, numbered steps with what to run and to expect, the decision tree.
import { type Block, bullets, heading, type ListItem, type Span } from '../../formats/page.ts';
import type { Decision, Guide, Step, StepRun, Turn } from '../runbook.ts';
import { prometheusLink } from './prometheus-link.ts';

/** What the steps of a page may link to. */
export interface StepLinks {
  /** Address of the Prometheus that the SLI is read from. */
  readonly prometheus?: string;
}

/** The blocks of a guide, with headings of level 4. */
export function guideBlocks(guide: Guide, links: StepLinks): readonly Block[] {
  const { symptoms, firstFiveMinutes, decisions, verification, rollBack } = guide;
  return [
    ...(symptoms.length === 0 ? [] : [heading(4, 'Symptoms'), bullets(symptoms)]),
    ...section('First five minutes', firstFiveMinutes, links),
    ...(decisions.length === 0
      ? []
      : [
          heading(4, 'Decide'),
          list(decisions.map((each) => decisionItem(each, decisions, links))),
        ]),
    ...section('Verify', verification, links),
    ...section('Roll back', rollBack, links),
  ];
}

function section(title: string, steps: readonly Step[], links: StepLinks): readonly Block[] {
  if (steps.length === 0) return [];
  return [heading(4, title), list(steps.map((step) => stepItem(step, links)))];
}

function list(items: readonly ListItem[]): Block {
  return { kind: 'list', ordered: true, items };
}

function stepItem(step: Step, links: StepLinks): ListItem {
  return { text: step.do, blocks: runBlocks(step, links) };
}

function decisionItem(
  decision: Decision,
  decisions: readonly Decision[],
  links: StepLinks,
): ListItem {
  const turns = bullets(decision.next.map((turn) => turnText(turn, decisions)));
  return { text: [{ strong: decision.do }], blocks: [...runBlocks(decision, links), turns] };
}

/** Where an outcome leads: the number of another decision, or what to do. */
function turnText(turn: Turn, decisions: readonly Decision[]): readonly Span[] {
  const when = capitalized(turn.when);
  if ('do' in turn) return [{ strong: `${when}:` }, ` ${turn.do}`];
  const number = decisions.findIndex(({ id }) => id === turn.step) + 1;
  return [{ strong: `${when}:` }, ` go to ${number}.`];
}

function runBlocks({ run, expect }: Step, { prometheus }: StepLinks): readonly Block[] {
  const blocks: Block[] = [];
  if (run !== undefined) blocks.push(codeOf(run));
  const open: readonly Span[] =
    run?.in === 'promql' && prometheus !== undefined
      ? [{ link: prometheusLink(prometheus, run.text), text: 'Open in Prometheus' }, '. ']
      : [];
  const expected: readonly Span[] =
    expect === undefined ? [] : [{ strong: 'Expect:' }, ` ${expect}`];
  if (open.length + expected.length > 0)
    blocks.push({ kind: 'paragraph', text: [...open, ...expected] });
  return blocks;
}

function codeOf({ in: kind, text }: StepRun): Block {
  if (kind === 'check')
    return { kind: 'code', language: 'sh', code: `npx ninefold probe --only ${text}` };
  return { kind: 'code', language: kind === 'command' ? 'sh' : kind, code: text };
}

function capitalized(text: string): string {
  return `${text.slice(0, 1).toUpperCase()}${text.slice(1)}`;
}
