import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { afterEach, beforeAll, beforeEach, expect, it, vi } from 'vitest';
import { startChromium } from '../services/chromium.ts';
import { type ChromiumPage, openChromiumPage } from '../services/chromium-page.ts';
import type { RunningServer } from '../services/running-server.ts';
import { describeWithService, temporaryFolder } from '../services/services.ts';

const repository = fileURLToPath(new URL('../..', import.meta.url));

describeWithService(['chromium'], 'the site of runbooks in Chromium', () => {
  let chromium: RunningServer;
  let page: ChromiumPage;
  let site: string;

  beforeAll(async () => {
    site = builtSite('examples/shop');
    chromium = await startChromium();
  });
  beforeEach(async () => {
    page = await openChromiumPage(chromium);
  });
  afterEach(() => page.close());

  const address = (file: string): string => pathToFileURL(path.join(site, file)).href;
  const place = () => page.ask<string>('location.href');

  it('finds a word on another page, and leads to the heading that it stands under', async () => {
    await page.open(address('index.html'));
    await page.press('/');
    await page.type('latency');
    const found = await page.ask<readonly string[]>(
      '[...document.querySelectorAll("#results a")].map((link) => link.textContent)',
    );
    expect(found.length).toBeGreaterThan(0);
    expect(found.join(' ').toLowerCase()).toContain('latency');
    await page.press('Enter');
    await vi.waitUntil(async () => (await place()).includes('/services/'), 10_000);
    expect(
      await page.ask(
        'document.getElementById(decodeURIComponent(location.hash.slice(1))) !== null',
      ),
    ).toBe(true);
    expect(page.problems).toEqual([]);
  });

  it('says when nothing is found, and is as before after Escape', async () => {
    await page.open(address('services/checkout.html'));
    await page.press('/');
    await page.type('no-such-word');
    const results = 'document.getElementById("results")';
    expect(await page.ask(`${results}.textContent`)).toBe('Nothing found.');
    await page.press('Escape');
    expect(await page.ask(`${results}.hidden`)).toBe(true);
    expect(await page.ask('document.getElementById("search").value')).toBe('');
  });

  it('leads from the first page to a service and back', async () => {
    await page.open(address('index.html'));
    await page.ask('document.querySelector("main a").click()');
    await vi.waitUntil(async () => (await place()).includes('/services/'), 10_000);
    await vi.waitUntil(() => page.ask('document.querySelector("a.home") !== null'), 10_000);
    await page.ask('document.querySelector("a.home").click()');
    await vi.waitUntil(async () => (await place()).endsWith('/index.html'), 10_000);
    expect(page.problems).toEqual([]);
  });

  it.each(['examples/shop', 'platforms/api-governance', 'platforms/clipper'])(
    'of %s opens from a disk without a complaint, and is seen on a wide screen and on a telephone',
    async (workspace) => {
      const folder = builtSite(workspace);
      const pages = pagesOf(folder);
      expect(pages.length).toBeGreaterThan(2);
      for (const width of [1280, 390]) {
        await page.resize(width, 900);
        for (const file of pages) {
          await page.open(pathToFileURL(path.join(folder, file)).href);
          expect(await page.ask('document.querySelector("main h1").textContent')).not.toBe('');
          const scrolled = await page.ask<number>('document.documentElement.scrollWidth');
          expect(scrolled, `${file} at ${width} pixels`).toBeLessThanOrEqual(width);
          expect(await page.ask(inkOf(await page.photograph())), file).toBeGreaterThan(0.005);
        }
      }
      expect(page.problems).toEqual([]);
      // It asks no server for anything.
      expect(page.requests.filter((url) => !/^(file|data):/.test(url))).toEqual([]);
    },
  );

  it('would be told of a page that stays empty, and of a script that fails', async () => {
    await page.open('about:blank');
    expect(await page.ask(inkOf(await page.photograph()))).toBe(0);
    await page.ask('setTimeout(() => { throw new Error("on purpose"); })');
    await vi.waitUntil(() => page.problems.length > 0, 10_000);
    expect(page.problems.join(' ')).toContain('on purpose');
  });
});

/** The folder of the site that the command builds out of a workspace. */
function builtSite(workspace: string): string {
  const folder = temporaryFolder('site');
  const build = ['cli/main.ts', 'build', workspace, '--out', folder, '--only', 'runbooks'];
  const { status, stderr } = spawnSync(process.execPath, build, {
    cwd: repository,
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(`the build ended with ${status}: ${stderr}`);
  return path.join(folder, 'runbooks', 'site');
}

function pagesOf(site: string): readonly string[] {
  const files = readdirSync(site, { recursive: true, encoding: 'utf8' });
  return files.filter((file) => file.endsWith('.html'));
}

/** An expression for the share of a photograph's points that are not of the colour of its last one. */
function inkOf(photograph: string): string {
  return `(async () => {
    const image = new Image();
    image.src = 'data:image/png;base64,${photograph}';
    await image.decode();
    const canvas = new OffscreenCanvas(image.width, image.height).getContext('2d');
    canvas.drawImage(image, 0, 0);
    const points = new Uint32Array(canvas.getImageData(0, 0, image.width, image.height).data.buffer);
    return points.filter((point) => point !== points.at(-1)).length / points.length;
  })()`;
}
