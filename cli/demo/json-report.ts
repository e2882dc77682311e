// The demo as JSON lines: ready, budgets once a second, alerts, end. docs/cli.md describes them.
import type { Progress } from '../progress.ts';
import type { Opening, Reporter } from './reporter.ts';
import { nearest, progressOf, stateOf } from './scene.ts';

/** @param write gets one line, without its end */
export function createJsonReport(write: (line: string) => void, progress: Progress): Reporter {
  let opening: Opening | undefined;
  const tell = (event: Readonly<Record<string, unknown>>): void => write(JSON.stringify(event));
  return {
    open(told) {
      opening = told;
    },
    history: (done, total) => progress.report(HISTORY, done, total),
    live(tookSeconds) {
      progress.end();
      const url = opening?.url;
      tell({ type: 'ready', url, docs: `${url}/docs`, tookSeconds, opened: opening?.opened });
    },
    show({ at, budgets, faults }) {
      tell({
        type: 'budgets',
        at,
        faults: [...faults.keys()],
        budgets: budgets.map((view) => ({
          instance: view.instance,
          window: view.window,
          total: view.total,
          bad: view.bad,
          sent: opening?.sent.before(view.instance, view.window.end),
          sli: view.sli,
          budgetRemaining: view.budgetRemaining,
          nearestPage: nearest(view) ?? null,
          progress: progressOf(nearest(view)),
          state: stateOf(view),
        })),
      });
    },
    alert: ({ labels, annotations, startsAt, status }, at) =>
      tell({ type: 'alert', at, status, startsAt, labels, annotations }),
    note: (text) => tell({ type: 'note', text }),
    end() {
      progress.end();
      if (opening !== undefined) tell({ type: 'end' });
      opening = undefined;
    },
  };
}

/** What the progress of the history is called. */
export const HISTORY = 'three days of the shop, in fast motion';
