/** A real Chromium of a test, without a window: pages are opened and looked at through its DevTools protocol. */
import { join } from 'node:path';
import { writeFileSync } from 'node:fs';
import { unpackDebianPackages, unpackedProgram } from './debian-package.ts';
import { requireProgram, versionedProgramOnPath } from './distribution.ts';
import type { Distribution, Program } from './distribution.ts';
import { freePort } from './free-port.ts';
import { answersOk, startServer } from './running-server.ts';
import type { RunningServer } from './running-server.ts';
import { temporaryFolder } from './started-servers.ts';

const PROGRAM = 'chromium-headless-shell';
const fits = (major: number): boolean => major >= 120;

/** Chromium 120 or later out of the distribution's packages, with one font. */
export const chromiumDistribution: Distribution = {
  name: 'chromium',
  entry: 'chromium-120',
  server: PROGRAM,
  tools: [],
  remedy: 'install chromium 120',
  onPath: (program) =>
    versionedProgramOnPath(program, fits) ?? versionedProgramOnPath('chromium', fits),
  inEntry,
  make: (making) =>
    unpackDebianPackages(
      {
        packages: [PROGRAM, 'chromium-common', 'fonts-dejavu-core'],
        program: PROGRAM,
        fits,
        inEntry,
      },
      making,
    ),
};

/** The package's own command leads to where an installed one would be. */
function inEntry(program: string, folder: string): Program {
  const { environment } = unpackedProgram(program, folder);
  return { file: join(folder, 'usr', 'lib', 'chromium', program), environment };
}

/** Starts it with a new profile; it is stopped with all servers. */
export async function startChromium(): Promise<RunningServer> {
  const program = await requireProgram(chromiumDistribution);
  const folder = temporaryFolder('chromium');
  const fonts = join(folder, 'fonts.conf');
  writeFileSync(fonts, fontConfiguration(join(program.file, '..', '..', '..', 'share', 'fonts')));
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  return startServer({
    name: 'chromium',
    program,
    args: [
      '--headless',
      // Its sandbox needs rights that containers do not have; the pages are our own.
      '--no-sandbox',
      '--disable-gpu',
      '--disable-dev-shm-usage',
      '--disable-background-networking',
      '--no-first-run',
      `--user-data-dir=${join(folder, 'data')}`,
      `--remote-debugging-port=${port}`,
      'about:blank',
    ],
    environment: { FONTCONFIG_FILE: fonts, HOME: folder },
    folder,
    url,
    ready: () => answersOk(`${url}/json/version`),
    // It may take its time to end while pages are open; nothing of its profile is wanted.
    graceMs: 1000,
  });
}

/** The machine's fonts, and those that came with the program. */
function fontConfiguration(folder: string): string {
  return `<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig>
  <dir>/usr/share/fonts</dir>
  <dir>${folder}</dir>
  <cachedir prefix="xdg">fontconfig</cachedir>
</fontconfig>
`;
}
