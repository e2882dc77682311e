// The collector of the demo: the shop's own definitions, a store in a folder given, and a free port of this machine.
import { existsSync } from 'node:fs';
import path from 'node:path';
import type { Log } from '../../collector/log.ts';
import { type Service, startService } from '../../collector/service.ts';
import type { Sink } from '../../collector/sinks/sink.ts';
import type { Config } from '../../slo/connection.ts';
import type { Slo } from '../../slo/slo.ts';
import { CommandFailure } from '../failure.ts';
import type { Terminal } from '../terminal.ts';
import { needCatalog } from '../workspace.ts';
import type { TimeLapseClock } from './time-lapse-clock.ts';

export interface ShopDefinitions {
  readonly slos: readonly Slo[];
  readonly config: Config;
}

/** The definitions of examples/shop, which are part of the package. @throws CommandFailure */
export async function loadShop(terminal: Terminal): Promise<ShopDefinitions> {
  const folder = ['../..', '../../..']
    .map((up) => path.join(import.meta.dirname, up, 'examples/shop'))
    .find((each) => existsSync(each));
  const { slos, config } = folder === undefined ? {} : await needCatalog(terminal, folder);
  if (slos === undefined || config === undefined)
    throw new CommandFailure(
      'noInput',
      'examples/shop is not there: the installation is incomplete',
      'install it again',
    );
  return { slos, config };
}

/** Starts it on port 9999, or on any other where that one is taken. */
export async function startShopService(options: {
  readonly shop: ShopDefinitions;
  readonly folder: string;
  readonly clock: TimeLapseClock;
  readonly log: Log;
  readonly sinks: readonly Sink[];
}): Promise<Service> {
  const { shop, folder, clock, log, sinks } = options;
  const { tokensFile: _, ...http } = shop.config.http;
  const start = (port: number): Promise<Service> =>
    startService({
      slos: shop.slos,
      config: {
        ...shop.config,
        store: { kind: 'sqlite', path: path.join(folder, 'shop.db') },
        http: { ...http, host: '127.0.0.1', port },
      },
      log,
      clock,
      sinks,
    });
  try {
    return await start(http.port);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw error;
    return start(0);
  }
}
