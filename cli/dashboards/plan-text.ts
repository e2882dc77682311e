// A plan in words: what is new, changed and in the way, with the changes that a reader would notice.
import type { ContentChange } from '../../dashboards/delivery/content-difference.ts';
import type { DeliveryStep } from '../../dashboards/delivery/delivery-step.ts';
import { plainText } from '../plain-text.ts';
import type { Terminal } from '../terminal.ts';
import type { DeliveryPlan } from './delivery-plan.ts';

/** Changes of one dashboard that are shown. */
const MOST_CHANGES = 20;
/** Characters of a value that are shown. */
const LONGEST_VALUE = 120;
/** Characters of an object or a list that is shown at all. */
const LONGEST_OBJECT = 60;

/** Lines about everything that is not as it should be. */
export function planLines(
  terminal: Terminal,
  { folders, dashboards }: DeliveryPlan,
): readonly string[] {
  return [
    ...folders.flatMap(({ kind, folder, found }) => {
      if (kind === 'create')
        return [terminal.paint('green', `+ folder ${plainText(folder.title)}`)];
      if (kind === 'keep') return [];
      return [`~ folder ${plainText(found?.title ?? '')} → ${plainText(folder.title)}`];
    }),
    ...dashboards.flatMap((step) => stepLines(terminal, step)),
  ];
}

function stepLines(terminal: Terminal, step: DeliveryStep): readonly string[] {
  const name = `${step.uid}  ${plainText(step.title)}`;
  switch (step.kind) {
    case 'keep':
      return [];
    case 'create':
      return [terminal.paint('green', `+ ${name}`)];
    case 'delete':
      return [terminal.paint('red', `- ${name}`)];
    case 'refuse':
      return [
        `${terminal.paint('yellow', `! ${name}`)}: ${plainText(step.reason)}`,
        `    → ${step.remedy}`,
      ];
    case 'update': {
      const { changes, count } = step.difference;
      const shown = changes.slice(0, MOST_CHANGES);
      const by = step.savedBy === undefined ? '' : `, last saved by ${plainText(step.savedBy)}`;
      return [
        `${terminal.paint('yellow', `~ ${name}`)} (${count} ${count === 1 ? 'change' : 'changes'}${by})`,
        ...shown.map((change) => `    ${changeText(terminal, change)}`),
        ...(count > shown.length ? [`    … ${count - shown.length} more`] : []),
      ];
    }
  }
}

/** What Grafana has, and what it should have. */
function changeText(terminal: Terminal, change: ContentChange): string {
  const path = plainText(change.path);
  const before = 'before' in change ? terminal.paint('red', valueText(change.before)) : undefined;
  const after = 'after' in change ? terminal.paint('green', valueText(change.after)) : undefined;
  if (before === undefined) return `${path}: missing is ${after ?? ''}`;
  return after === undefined ? `${path}: too much is ${before}` : `${path}: ${before} → ${after}`;
}

/** A whole panel is named by its path; its JSON would say nothing more. */
function valueText(value: unknown): string {
  if (typeof value === 'object' && value !== null) {
    const text = JSON.stringify(value);
    if (text.length > LONGEST_OBJECT)
      return Array.isArray(value) ? 'all of it […]' : 'all of it {…}';
  }
  const text = plainText(typeof value === 'string' ? value : (JSON.stringify(value) ?? ''));
  return text.length > LONGEST_VALUE ? `${text.slice(0, LONGEST_VALUE)}…` : text;
}
