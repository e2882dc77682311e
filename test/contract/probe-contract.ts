/** What every probe keeps to, whatever it speaks: steps, deadlines, records that survive JSON. */
import { describe, expect, it } from 'vitest';
import type { ProbeDefinition } from '../../index.ts';
import type { Run } from '../../synthetics/index.ts';
import { runProbe, type ProbeRunOptions } from '../synthetics/run-probe.ts';

/** Where a kind's probe is sent; each is called within a test, so that servers end with it. */
export interface ProbeContract {
  /** A target that is as it should be. */
  healthy(): Promise<ProbeDefinition>;
  /** A target that accepts connections, and says nothing. */
  silent(): Promise<ProbeDefinition>;
  /** A port of 127.0.0.1 where nobody listens. */
  absent(port: number): ProbeDefinition;
  readonly options?: ProbeRunOptions;
}

/** A port that is reserved, so that nobody listens there. */
const NOBODY = 1;

export function probeContract(name: string, contract: ProbeContract): void {
  const { options = {} } = contract;

  describe(`the probe ${name}`, () => {
    it('passes where all is well, with a step, its phases and a record that survives JSON', async () => {
      const run = await runProbe(await contract.healthy(), {}, options);
      expect(run.reason).toBeUndefined();
      expect(run).toMatchObject({ verdict: 'passed', type: name });
      expect(run.steps.length).toBeGreaterThan(0);
      expectSaneTimes(run);
      expect(JSON.parse(JSON.stringify(run))).toEqual(run);
    });

    it('fails in time where nobody answers, and says in which phase', async () => {
      const run = await runProbe(await contract.silent(), { timeout: '200ms' }, options);
      expect(run).toMatchObject({ verdict: 'failed', reason: { code: 'timeout' } });
      expect(run.reason?.phase).toBeDefined();
      expectSaneTimes(run);
    });

    it('fails where nobody listens', async () => {
      const run = await runProbe(contract.absent(NOBODY), { timeout: '5s' }, options);
      expect(run.verdict).toBe('failed');
      expect(run.reason?.message).not.toBe('');
    });

    it('does not blame the target when the program is stopped', async () => {
      const silent = await contract.silent();
      const stop = AbortSignal.timeout(50);
      const run = await runProbe(silent, {}, { ...options, signal: stop });
      expect(run).toMatchObject({ verdict: 'error', reason: { code: 'stopped' } });
    });

    it('leaves no socket behind', async () => {
      const before = openSockets();
      for (let count = 0; count < 5; count += 1) {
        await runProbe(await contract.healthy(), {}, options);
        await runProbe(await contract.silent(), { timeout: '50ms' }, options);
        await runProbe(contract.absent(NOBODY), { timeout: '1s' }, options);
      }
      await expect.poll(() => openSockets() - before).toBeLessThanOrEqual(SERVERS_OF_TEST);
    });
  });
}

/** The servers' own ends of what the silent ones accepted stay until the test ends. */
const SERVERS_OF_TEST = 5;

function openSockets(): number {
  return process.getActiveResourcesInfo().filter((each) => /TCPSocket|UDPWrap/.test(each)).length;
}

/** No phase is longer than its step, and no step longer than its try. */
function expectSaneTimes(run: Run): void {
  for (const { phases, durationMs, offsetMs } of run.steps) {
    const sum = Object.values(phases).reduce((total, each) => total + each, 0);
    expect(sum).toBeLessThanOrEqual(durationMs + 0.01);
    expect(offsetMs + durationMs).toBeLessThanOrEqual(run.durationMs + 0.01);
  }
}
