// ninefold demo: a small shop with a collector of its own, in one process that leaves nothing behind.
import process from 'node:process';
import { didYouMean } from '../../slo/nearest-name.ts';
import { createJsonReport } from '../demo/json-report.ts';
import { createPlainReport } from '../demo/plain-report.ts';
import type { Reporter } from '../demo/reporter.ts';
import { runDemo } from '../demo/run-demo.ts';
import { createScreen } from '../demo/screen.ts';
import type { Fault } from '../demo/shop-traffic.ts';
import { EXIT_CODES, type ExitCode } from '../exit-codes.ts';
import { CommandFailure } from '../failure.ts';
import type { Terminal } from '../terminal.ts';

export interface DemoOptions {
  /** A service that is broken from the start of the live part. */
  readonly break?: string | undefined;
  readonly json?: true | undefined;
}

const BREAKABLE: Readonly<Record<string, Fault>> = {
  checkout: 'checkout-errors',
  storefront: 'storefront-errors',
};

export async function demo(terminal: Terminal, options: DemoOptions): Promise<ExitCode> {
  const fault = options.break === undefined ? undefined : faultOf(options.break);
  const stop = new AbortController();
  const stopNow = (): void => stop.abort();
  terminal.stopSignal().addEventListener('abort', stopNow, { once: true });
  // The terminal was closed: end as well as after Ctrl-C.
  process.once('SIGHUP', stopNow);
  const dumb = terminal.environment['TERM'] === 'dumb';
  const screen = terminal.interactive && !dumb && options.json !== true;
  const keys = screen && process.stdin.isTTY;
  const report = (keepFiring: (slo: string) => number): Reporter => {
    const write = (line: string): void => terminal.out(line);
    if (options.json === true) return createJsonReport(write, terminal.progress());
    if (!screen) return createPlainReport(write, terminal.progress());
    return createScreen({
      output: process.stdout,
      paint: (colour, text) => terminal.paint(colour, text),
      keepFiring,
      keys,
    });
  };
  try {
    await runDemo({ terminal, report, fault, keys, stop });
  } finally {
    process.off('SIGHUP', stopNow);
  }
  return EXIT_CODES.ok.code;
}

/** @throws CommandFailure when the shop has no such service */
function faultOf(service: string): Fault {
  const fault = Object.hasOwn(BREAKABLE, service) ? BREAKABLE[service] : undefined;
  if (fault !== undefined) return fault;
  const known = Object.keys(BREAKABLE);
  throw new CommandFailure(
    'usage',
    `the shop has no service '${service}'.${didYouMean(service, known)}`,
    `write --break ${known.join(' or --break ')}`,
  );
}
