// The demo where there is no terminal: a line every few seconds, a few for every alert.
import { moment } from '../figures.ts';
import type { Progress } from '../progress.ts';
import { alertNews } from './alert-news.ts';
import { burnOf, leftOf, nameOf, stateText } from './board.ts';
import { HISTORY } from './json-report.ts';
import type { Reporter } from './reporter.ts';
import { FAULTS, type Scene, stateOf } from './scene.ts';
import type { Fault } from './shop-traffic.ts';

const EVERY_SECONDS = 5;

/** @param write gets one line, without its end */
export function createPlainReport(write: (line: string) => void, progress: Progress): Reporter {
  let shownAt = -Infinity;
  let faults = new Set<Fault>();
  let url: string | undefined;

  const tellFaults = ({ at, faults: now }: Scene): void => {
    for (const fault of now.keys())
      if (!faults.has(fault)) write(`${clock(at)}  ${FAULTS[fault].does}, from now on.`);
    if (faults.size > 0 && now.size === 0) write(`${clock(at)}  The shop works again.`);
    faults = new Set(now.keys());
  };

  return {
    open(opening) {
      url = opening.url;
    },
    history: (done, total) => progress.report(HISTORY, done, total),
    live(tookSeconds) {
      progress.end();
      write(`The shop is live after ${tookSeconds.toFixed(1)} s.`);
      write(`API ${url}/api/v1/slos, its documentation ${url}/docs, metrics ${url}/metrics`);
      write('Stop with Ctrl-C.');
    },
    show(scene) {
      tellFaults(scene);
      if (scene.at - shownAt < EVERY_SECONDS) return;
      shownAt = scene.at;
      write(`${clock(scene.at)}  ${summary(scene)}`);
    },
    alert(alert, at) {
      const { title, details } = alertNews(alert);
      write(`${clock(at)}  ${title}`);
      for (const detail of details) write(`          ${detail}`);
    },
    note: (text) => write(text),
    end() {
      progress.end();
      if (url !== undefined) write('Stopped; nothing is left behind.');
      url = undefined;
    },
  };
}

/** What is left of the budget of each SLO, and the burn rate of those in trouble; of a grouped one the group with the least left. */
function summary({ budgets }: Scene): string {
  const worst = new Map<string, Scene['budgets'][number]>();
  for (const view of budgets) {
    const known = worst.get(view.slo);
    if (known === undefined || (view.budgetRemaining ?? 1) < (known.budgetRemaining ?? 1))
      worst.set(view.slo, view);
  }
  return [...worst.values()]
    .map((view) => {
      const state = stateOf(view);
      const told = state === 'ok' ? '' : ` (${stateText(state)}, ${burnOf(view)})`;
      return `${nameOf(view)} ${leftOf(view)}${told}`;
    })
    .join(' · ');
}

function clock(at: number): string {
  return moment(at).slice(11, 19);
}
