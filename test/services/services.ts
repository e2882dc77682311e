/** The door of this room: suites that run against real servers, and end and tidy up what they started whatever happens. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { RunnerTestSuite, RunnerTask } from 'vitest';
import { locateService } from './service-names.ts';
import type { ServiceName } from './service-names.ts';
import {
  keepTemporaryFolder,
  removeTemporaryFolders,
  startedServers,
  stopStartedServers,
  temporaryFolders,
} from './started-servers.ts';
import type { StartedServer } from './started-servers.ts';

export { freePort } from './free-port.ts';
export { temporaryFolder } from './started-servers.ts';
export type { ServiceName } from './service-names.ts';

/**
 * A suite that needs real servers or tools. When one is missing the suite is skipped with one line that says what to do;
 * with NINEFOLD_REQUIRE_SERVICES=1 it fails instead. Nothing is built here: `node test/services/prepare.ts` does that.
 * Servers that the suite starts are stopped after it even when it failed; then their logs are kept and their path printed.
 */
export function describeWithService(
  needs: readonly ServiceName[],
  name: string,
  body: () => void,
): void {
  const missing = needs.flatMap((need) => {
    const located = locateService(need);
    return located.from === 'nowhere' ? [located.reason] : [];
  });
  const required = process.env['NINEFOLD_REQUIRE_SERVICES'] === '1';
  const skipped = missing.length > 0 && !required;
  if (skipped) process.stderr.write(`skipped "${name}": ${missing.join('; ')}\n`);
  const suite = missing.length > 0 && required ? (): void => complain(missing) : body;
  describe.skipIf(skipped)(`${name}${skipped ? ` (skipped: ${missing.join('; ')})` : ''}`, () => {
    tidyAfterwards();
    suite();
  });
}

function complain(missing: readonly string[]): void {
  it('has its servers (NINEFOLD_REQUIRE_SERVICES=1 forbids skipping)', () => {
    expect(missing).toEqual([]);
  });
}

function tidyAfterwards(): void {
  let serversBefore: ReadonlySet<StartedServer> = new Set();
  let foldersBefore: ReadonlySet<string> = new Set();
  beforeAll(() => {
    serversBefore = startedServers();
    foldersBefore = temporaryFolders();
  });
  // vitest reads the parameter's text and takes nothing but a destructuring pattern there.
  // oxlint-disable-next-line no-empty-pattern
  afterAll(async ({}, suite) => {
    await stopStartedServers(serversBefore);
    if (hasFailed(suite)) {
      for (const folder of temporaryFolders()) {
        if (foldersBefore.has(folder)) continue;
        keepTemporaryFolder(folder);
        process.stderr.write(`"${suite.name}" failed; its servers' logs are kept in ${folder}\n`);
      }
    }
    removeTemporaryFolders(foldersBefore);
  });
}

function hasFailed(task: Readonly<RunnerTestSuite> | RunnerTask): boolean {
  if (task.result?.state === 'fail') return true;
  return 'tasks' in task && task.tasks.some(hasFailed);
}
