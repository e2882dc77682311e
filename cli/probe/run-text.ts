// A run as lines for people: verdict, time of each phase, and of a failure what was expected and what came.
import { printMilliseconds, type AssertionResult } from '../../synthetics/assertion.ts';
import { type Phase, PHASES } from '../../synthetics/phase.ts';
import type { Run, RunStep, Verdict } from '../../synthetics/run.ts';
import { plainText } from '../plain-text.ts';
import type { Colour, Terminal } from '../terminal.ts';

const COLOURS: Readonly<Record<Verdict, Colour>> = {
  passed: 'green',
  degraded: 'yellow',
  failed: 'red',
  error: 'red',
};

const PHASE_WORDS: Readonly<Record<Phase, string>> = {
  dns: 'dns',
  connect: 'connect',
  tls: 'tls',
  firstByte: 'first byte',
  transfer: 'transfer',
};

const INDENT = ' '.repeat(10);

/** The lines of a run. Everything that came from outside is made harmless for the terminal. */
export function runLines(run: Run, terminal: Pick<Terminal, 'paint'>): readonly string[] {
  const verdict = terminal.paint(COLOURS[run.verdict], run.verdict.padEnd(8));
  const place = run.location === '' ? '' : ` (${run.location})`;
  const took = printMilliseconds(run.durationMs);
  const lines = [
    `${verdict}  ${terminal.paint('bold', run.check)}${place}  ${took}  ${plainText(run.target)}`,
  ];
  if (run.reason !== undefined) lines.push(INDENT + plainText(reasonText(run)));
  for (const each of run.assertions.filter(({ held }) => !held))
    lines.push(...assertionLines(each, run));
  const phases = phaseText(run);
  if (phases !== '') lines.push(terminal.paint('dim', `${INDENT}${phases}`));
  if (run.steps.length > 1)
    for (const step of run.steps)
      lines.push(terminal.paint('dim', `${INDENT}  ${plainText(stepText(step))}`));
  if (run.attempts.length > 1) lines.push(terminal.paint('dim', `${INDENT}${attemptsText(run)}`));
  return lines;
}

function reasonText({ reason }: Run): string {
  if (reason === undefined) return '';
  const phase = reason.phase === undefined ? '' : ` (during ${PHASE_WORDS[reason.phase]})`;
  const step = reason.step === undefined ? '' : ` at ${reason.step}`;
  return `${reason.message}${phase}${step}`;
}

/** The first broken expectation is the reason itself; of it only the excerpt is new. */
function assertionLines(
  { text, got, excerpt }: AssertionResult,
  { reason }: Run,
): readonly string[] {
  const sentence = `expected ${text}, got ${got}`;
  return [
    ...(sentence === reason?.message ? [] : [INDENT + plainText(sentence)]),
    ...(excerpt === undefined || excerpt === '' ? [] : [`${INDENT}  ${plainText(excerpt)}`]),
  ];
}

function phaseText({ phases }: Pick<Run, 'phases'>): string {
  return PHASES.flatMap((phase) => {
    const ms = phases[phase];
    return ms === undefined ? [] : [`${PHASE_WORDS[phase]} ${printMilliseconds(ms)}`];
  }).join(' · ');
}

function stepText({ name, durationMs, facts, failed }: RunStep): string {
  const status = facts['status'] === undefined ? '' : ` → ${facts['status']}`;
  return `${failed ? '✗' : '·'} ${name}${status}  ${printMilliseconds(durationMs)}`;
}

function attemptsText({ attempts }: Run): string {
  const told = attempts.map(
    ({ verdict, reason }) => `${verdict}${reason === undefined ? '' : ` (${reason.code})`}`,
  );
  return `tried ${attempts.length} times: ${told.join(', ')}`;
}

/** `3 passed, 1 failed.` */
export function countText(runs: readonly Pick<Run, 'verdict'>[]): string {
  const counts = (['passed', 'degraded', 'failed', 'error'] as const).flatMap((verdict) => {
    const count = runs.filter((run) => run.verdict === verdict).length;
    return count === 0 ? [] : [`${count} ${verdict === 'error' ? 'not tried' : verdict}`];
  });
  return `${counts.join(', ')}.`;
}
