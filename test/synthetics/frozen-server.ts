/** Stops a server's process in its tracks: the system still accepts connections for it, and nobody answers. */
import { vi } from 'vitest';
import type { ProbeDefinition } from '../../index.ts';
import type { RunningServer } from '../services/running-server.ts';
import { failureOf } from './run-probe.ts';

/** Resolves when the probe finds nobody who answers: the signal is only sent, and takes its time. */
export async function freezeServer(server: RunningServer, probe: ProbeDefinition): Promise<void> {
  await server.kill('SIGSTOP');
  await vi.waitUntil(async () => (await failureOf(probe, '300ms')).code === 'timeout', 30_000);
}
