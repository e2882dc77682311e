// An alert as the person on call reads it: one line of what happened, some lines of why.
import type { OutgoingAlert } from '../../collector/sinks/sink.ts';
import { ANNOTATIONS } from '../../slo/names.ts';

export interface AlertNews {
  readonly title: string;
  readonly details: readonly string[];
  readonly severity: 'page' | 'ticket' | 'resolved';
}

export function alertNews({ labels, annotations, status }: OutgoingAlert): AlertNews {
  const summary = annotations[ANNOTATIONS.summary] ?? labels['alertname'] ?? '';
  if (status === 'resolved')
    return { title: `resolved  ${summary}`, details: [], severity: 'resolved' };
  const page = labels['severity'] === 'page';
  const facts: readonly (readonly [string, string | undefined])[] = [
    ['what', annotations[ANNOTATIONS.description]],
    ['fired by', annotations[ANNOTATIONS.firedBy]],
    ['burn rates', annotations[ANNOTATIONS.burnRates]],
    ['evidence', annotations[ANNOTATIONS.evidence]],
    ['budget runs out', annotations[ANNOTATIONS.exhaustion]],
  ];
  return {
    title: `${page ? 'PAGE' : 'ticket'}  ${summary}`,
    details: facts.flatMap(([name, text]) => (text === undefined ? [] : [`${name}: ${text}`])),
    severity: page ? 'page' : 'ticket',
  };
}

/** Text cut into lines of at most `width` characters, at spaces where there are some. */
export function wrap(text: string, width: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ').flatMap((each) => pieces(each, width))) {
    if (line !== '' && line.length + 1 + word.length > width) {
      lines.push(line);
      line = word;
    } else line = line === '' ? word : `${line} ${word}`;
  }
  return [...lines, line];
}

function pieces(word: string, width: number): string[] {
  const count = Math.max(1, Math.ceil(word.length / width));
  return Array.from({ length: count }, (_, index) =>
    word.slice(index * width, (index + 1) * width),
  );
}
