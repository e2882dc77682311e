/** Makes the test servers ready before the tests run: `node test/services/prepare.ts [names…]`; without names, all of them. */
import { connect } from 'node:net';
import { cacheFolder } from './cache.ts';
import { findProgram, locateProgram, locateUrl } from './distribution.ts';
import type { Distribution } from './distribution.ts';
import { distributions } from './service-names.ts';
import { removeOutlivedFolders } from './started-servers.ts';

interface Row {
  readonly name: string;
  /** Where it comes from, or undefined when it is missing. */
  readonly from?: string;
  /** The address or program, or what is missing and how to get it. */
  readonly what: string;
}

const CONNECT_TIMEOUT_MS = 3000;

async function prepare(distribution: Distribution): Promise<Row[]> {
  const { name, tools, server } = distribution;
  const rows: Row[] = [];
  const given = locateUrl(distribution);
  if (given !== undefined) {
    const answers = await accepts(given.url);
    rows.push({
      name,
      ...(answers ? { from: given.variable } : {}),
      what: answers ? given.url : `${given.variable}=${given.url} accepts no connection`,
    });
  }
  for (const program of given === undefined ? [server, ...tools] : tools) {
    const shown = program === server ? name : `${name}: ${program}`;
    const found = await findProgram(distribution, program);
    rows.push(
      found.from === 'nowhere'
        ? { name: shown, what: found.reason }
        : { name: shown, from: found.from, what: found.file },
    );
    // The tools are missing for the same reason; saying it once is enough.
    if (found.from === 'nowhere') break;
  }
  return rows;
}

/** True when something listens at the (first) address. */
function accepts(address: string): Promise<boolean> {
  const [first = ''] = address.split(',');
  const { hostname, port } = new URL(first.includes('://') ? first : `tcp://${first}`);
  const defaultPort = first.startsWith('redis') ? 6379 : first.startsWith('https') ? 443 : 80;
  return new Promise((resolve) => {
    const socket = connect({ host: hostname, port: port === '' ? defaultPort : Number(port) });
    const end = (accepted: boolean): void => {
      socket.destroy();
      resolve(accepted);
    };
    socket.setTimeout(CONNECT_TIMEOUT_MS, () => end(false));
    socket.once('connect', () => end(true));
    socket.once('error', () => end(false));
  });
}

function chosen(names: readonly string[]): readonly Distribution[] {
  const known = distributions.map(({ name }) => name);
  const unknown = names.filter((name) => !known.includes(name));
  if (unknown.length > 0) {
    console.error(`unknown server ${unknown.join(', ')}; known are ${known.join(', ')}`);
    process.exit(2);
  }
  return names.length === 0
    ? distributions
    : distributions.filter(({ name }) => names.includes(name));
}

function table(rows: readonly Row[]): string {
  const width = (column: (row: Row) => string): number =>
    Math.max(...rows.map((row) => column(row).length));
  const nameWidth = width((row) => row.name);
  const fromWidth = width((row) => row.from ?? 'missing');
  return rows
    .map(
      (row) =>
        `${row.name.padEnd(nameWidth)}  ${(row.from ?? 'missing').padEnd(fromWidth)}  ${row.what}`,
    )
    .join('\n');
}

removeOutlivedFolders();
const wanted = chosen(process.argv.slice(2));
const toMake = wanted.filter(
  (distribution) =>
    locateUrl(distribution) === undefined && locateProgram(distribution).from === 'nowhere',
);
if (toMake.length > 0) {
  const names = toMake.map(({ name }) => name).join(', ');
  process.stderr.write(`making ${names}, once, in ${cacheFolder()}\n`);
  const slow = toMake.filter(({ minutes }) => minutes !== undefined);
  for (const { name, minutes } of slow) {
    process.stderr.write(`${name} is compiled: about ${minutes} minutes on two cores\n`);
  }
}
const rows: Row[] = [];
for (const distribution of wanted) rows.push(...(await prepare(distribution)));
console.log(table(rows));
const missing = rows.some((row) => row.from === undefined);
if (missing && process.env['NINEFOLD_REQUIRE_SERVICES'] === '1') process.exitCode = 1;
