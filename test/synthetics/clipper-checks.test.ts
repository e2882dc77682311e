import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { loadWorkspace } from '../../catalog/index.ts';
import type { JourneySettings } from '../../synthetics/checks/journey.ts';
import type { HttpRequestSettings } from '../../synthetics/checks/http-request.ts';
import { type Check, createProbes, createSurroundings, runCheck } from '../../synthetics/index.ts';
import { rawServer, reply } from './raw-server.ts';
import { isFine } from './run-probe.ts';

const CLIPPER = path.join(import.meta.dirname, '../../platforms/clipper');

/** The check at another address, without TLS, and so without what it expects of TLS. */
function movedTo(check: Check, url: string): Check {
  const plain = ({ source }: { source: string }) => !/^(tls|certificate)/.test(source);
  const moved = (request: HttpRequestSettings) => ({
    ...request,
    url: request.url.replace('https://clipper.example', url),
  });
  const { probe } = check;
  const settings =
    probe.type === 'journey'
      ? {
          steps: (probe.settings as JourneySettings).steps.map((step) => ({
            ...step,
            request: moved(step.request),
            assertions: step.assertions.filter(plain),
          })),
        }
      : moved(probe.settings as HttpRequestSettings);
  return { ...check, probe: { ...probe, settings, assertions: probe.assertions.filter(plain) } };
}

describe("Clipper's checks", () => {
  it('pass against an application that does what it must, and delete what they stored', async () => {
    const clips = new Set<string>();
    const server = await rawServer((socket, request) => {
      const [route = ''] = /^\w+ \/[^? ]*/.exec(request) ?? [];
      const known = request.includes('authorization: Bearer t-1');
      if (route === 'GET /')
        reply('200 OK', '<script src="/app-1.js">', { 'Content-Type': 'text/html' })(socket);
      else if (route === 'GET /app-1.js') reply('200 OK', 'x'.repeat(2000))(socket);
      else if (route === 'GET /api/health') reply('200 OK', '{"status":"ok"}')(socket);
      else if (route === 'POST /api/session') reply('201 Created', '{"token":"t-1"}')(socket);
      else if (!known) reply('401 Unauthorized')(socket);
      else if (route === 'POST /api/clips') {
        clips.add('clip-7');
        reply('201 Created', '{"id":"clip-7"}')(socket);
      } else if (route === 'GET /api/search') reply('200 OK', JSON.stringify([...clips]))(socket);
      else if (route === 'DELETE /api/clips/clip-7') {
        clips.delete('clip-7');
        reply('204 No Content')(socket);
      } else reply('404 Not Found')(socket);
    });
    const { catalog } = await loadWorkspace(CLIPPER);
    const checks = catalog?.checks ?? [];
    expect(checks.map(({ id }) => id)).toEqual([
      'clipper-api/clip',
      'clipper-api/health',
      'clipper-api/secure',
      'clipper-frontend/home',
    ]);
    const surroundings = createSurroundings(CLIPPER, { CLIPPER_PROBE_PASSWORD: 'geheim' });
    for (const check of checks) {
      const run = await runCheck(movedTo(check, server.url), {
        probes: createProbes(),
        surroundings,
      });
      expect(isFine(run), JSON.stringify(run)).toBe(true);
    }
    expect([...clips]).toEqual([]);
  });
});
