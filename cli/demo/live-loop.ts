// The live part of the demo: every second the shop sends what happened, the budgets are shown, and keys are heard.
import process from 'node:process';
import type { CollectorView } from '../../collector/view.ts';
import type { EpochSeconds } from '../../slo/counts.ts';
import { createKeyboard } from '../keyboard.ts';
import type { Reporter } from './reporter.ts';
import type { Scene } from './scene.ts';
import type { Shop } from './shop.ts';
import type { Fault } from './shop-traffic.ts';
import type { TimeLapseClock } from './time-lapse-clock.ts';

export interface LiveLoop {
  readonly shop: Shop;
  readonly clock: TimeLapseClock;
  readonly view: CollectorView;
  readonly reporter: Reporter;
  readonly stop: AbortController;
  /** Switched on at once. */
  readonly fault: Fault | undefined;
  /** Whether keys of the terminal are heard. */
  readonly keys: boolean;
}

/** After the whole second, when the collector has judged it. */
const SHOWN_AFTER_MS = 300;

const KEYS: Readonly<Record<string, Fault>> = {
  b: 'checkout-errors',
  s: 'storefront-errors',
  l: 'storefront-slow',
};

/** Resolves after the stop. */
export async function liveOn(options: LiveLoop): Promise<void> {
  const { shop, clock, view, reporter, stop, fault } = options;
  const since = new Map<Fault, EpochSeconds>();
  const second = (): EpochSeconds => Math.floor(clock.now() / 1000);
  const show = (): void => {
    const scene: Scene = { at: second(), budgets: view.instances(), faults: since };
    reporter.show(scene);
  };
  const breakIt = (each: Fault): void => {
    shop.faults.add(each);
    if (!since.has(each)) since.set(each, second());
  };
  const press = (key: string): void => {
    // A second q does not wait for anything.
    if (key === 'q' && stop.signal.aborted) process.exit(0);
    if (key === 'q') return stop.abort();
    const chosen = KEYS[key];
    if (key === 'r') {
      shop.faults.clear();
      since.clear();
    } else if (chosen === undefined) return;
    else breakIt(chosen);
    show();
  };
  if (fault !== undefined) breakIt(fault);
  const keyboard = options.keys ? createKeyboard(process.stdin, press) : undefined;
  try {
    show();
    while (!stop.signal.aborted) {
      await clock.sleep(1000 - (clock.now() % 1000), stop.signal);
      await shop.live(second());
      await clock.sleep(SHOWN_AFTER_MS, stop.signal);
      if (!stop.signal.aborted) show();
    }
  } finally {
    keyboard?.close();
  }
}
