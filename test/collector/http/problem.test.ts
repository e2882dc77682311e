import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { createHttpApp } from '../../../collector/http/app.ts';
import { HTTP_LIMITS } from '../../../collector/http/limits.ts';
import { type ProblemCode, PROBLEMS, problemFor } from '../../../collector/http/problem.ts';
import { silentLog } from '../../../collector/log.ts';
import { createMetrics } from '../../../collector/metrics.ts';
import { listView, shop } from './list-view.ts';

const page = await readFile(path.join(import.meta.dirname, '../../../docs/api.md'), 'utf8');

describe('docs/api.md', () => {
  it('lists every problem with its status and title, and no other', () => {
    const rows = [
      ...page.matchAll(/^\| `urn:ninefold:problem:([\w-]+)` +\| (\d+) +\| (.+?) +\|$/gm),
    ];
    const listed = rows.map(([, code, status, title]) => [code, { status: Number(status), title }]);
    expect(Object.fromEntries(listed)).toEqual(PROBLEMS);
  });

  it('lists every address', async () => {
    const app = createHttpApp({ view: listView(shop()), log: silentLog });
    const document = (await app.inject('/api/v1/openapi.json')).json();
    for (const [address, methods] of Object.entries(document.paths as object))
      for (const method of Object.keys(methods as object))
        expect(page).toContain(`\`${method.toUpperCase()} ${address}\``);
  });

  it('lists every series of /metrics with its type, and no other', async () => {
    const metrics = createMetrics({ process: false });
    const app = createHttpApp({ view: listView(shop()), log: silentLog, metrics });
    const { body } = await app.inject('/metrics');
    const shown = [...body.matchAll(/^# TYPE (\S+) (\S+)$/gm)].map(
      ([, name, type]) => `${name} ${type}`,
    );
    const listed = [...page.matchAll(/^\| `(ninefold_\w+)` +\| (\w+) +\|/gm)].map(
      ([, name, type]) => `${name} ${type}`,
    );
    expect(listed).toEqual(shown);
  });

  it('states the limits that hold', () => {
    expect(HTTP_LIMITS).toMatchObject({
      bodyBytes: 8 * 1024 * 1024,
      headerBytes: 16 * 1024,
      requestSeconds: 30,
      requestsPerMinute: 3000,
      telemetryRequestsPerMinute: 60_000,
      connections: 1000,
    });
  });
});

describe('a problem for a status', () => {
  it('has that status whenever the catalogue knows it', () => {
    for (const [code, { status }] of Object.entries(PROBLEMS))
      expect(PROBLEMS[problemFor(status)].status, code).toBe(status);
    expect(problemFor(418)).toBe<ProblemCode>('bad-request');
    expect(problemFor(507)).toBe<ProblemCode>('internal-error');
  });
});
