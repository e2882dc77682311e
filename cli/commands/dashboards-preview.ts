// ninefold dashboards preview: every dashboard of a workspace as a static page with real data, without a Grafana.
import { writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { dashboardSources, TARGETS } from '../../catalog/index.ts';
import { dashboardPages, type Page } from '../../dashboards/dashboard-pages.ts';
import { drawDashboard } from '../../dashboards/drawn-dashboard.ts';
import { type PreviewedPanel, previewPage } from '../../dashboards/preview/preview-page.ts';
import { questionsOf, secondsBack } from '../../dashboards/preview/question.ts';
import { didYouMean } from '../../slo/nearest-name.ts';
import { readBearerToken } from '../bearer-token.ts';
import { EXIT_CODES, type ExitCode } from '../exit-codes.ts';
import { CommandFailure } from '../failure.ts';
import { onFile } from '../file-failure.ts';
import { makeFolder } from '../output-folder.ts';
import { readTelemetry, type TelemetryServers } from '../preview/telemetry-reader.ts';
import type { Terminal } from '../terminal.ts';
import { needCatalog } from '../workspace.ts';

export interface DashboardsPreviewOptions {
  readonly prometheus: string;
  readonly loki?: string | undefined;
  /** A folder; or a file, when there is one dashboard. */
  readonly out: string;
  readonly source?: string | undefined;
  readonly only?: readonly string[] | undefined;
  readonly from?: string | undefined;
  readonly at?: string | undefined;
  readonly theme?: string | undefined;
  readonly tokenFile?: string | undefined;
}

/** Exits with 1 when a panel shows nothing that should show something, or its query failed. */
export async function dashboardsPreview(
  terminal: Terminal,
  workspace: string,
  options: DashboardsPreviewOptions,
): Promise<ExitCode> {
  const servers = await serversOf(options);
  const to = momentOf(options.at);
  const theme = choice('--theme', options.theme, ['light', 'dark'] as const);
  const source = choice('--source', options.source, ['rules', 'collector'] as const);
  if (options.from !== undefined && secondsBack(options.from) === undefined)
    throw new CommandFailure('usage', `--from ${options.from} is no beginning`, `write 'now-6h'`);
  const catalog = await needCatalog(terminal, workspace);
  const made = dashboardSources(catalog, { prometheus: TARGETS.prometheus[0] });
  const dialect = source ?? made.source ?? 'rules';
  const pages = pick(dashboardPages({ ...made, source: dialect }), options.only);
  const isFile = options.out.endsWith('.html');
  if (isFile && pages.length > 1)
    throw new CommandFailure(
      'usage',
      `${options.out} is one file, and there are ${pages.length} dashboards`,
      'name a folder, or one dashboard with --only',
    );
  await needAnswer(servers, to);
  const files = pages.map(({ dashboard: { uid, title } }) => ({ title, file: `${uid}.html` }));
  const progress = terminal.progress();
  const silent: string[] = [];
  await makeFolder(isFile ? dirname(options.out) : options.out);
  for (const [index, { dashboard }] of pages.entries()) {
    progress.report('pages', index, pages.length);
    const drawn = drawDashboard(dashboard, dialect);
    const span = { from: to - (secondsBack(options.from ?? dashboard.from) ?? 21_600), to };
    const answers = await readTelemetry(servers, questionsOf(drawn, span), span);
    const beside = isFile ? {} : { pages: files };
    const style = theme === undefined ? {} : { theme };
    const { html, panels } = previewPage(drawn, { answers, span, ...beside, ...style });
    const file = isFile ? options.out : join(options.out, `${dashboard.uid}.html`);
    await onFile(file, writeFile(file, html));
    silent.push(...silentPanels(dashboard.title, panels));
  }
  progress.end();
  for (const each of silent) terminal.err(`${terminal.paintErr('yellow', 'empty:')} ${each}`);
  const first = isFile ? options.out : join(options.out, files[0]?.file ?? '');
  terminal.out(`${pages.length} ${pages.length === 1 ? 'page' : 'pages'}; open ${first}`);
  return silent.length > 0 ? EXIT_CODES.findings.code : EXIT_CODES.ok.code;
}

/** One question first: a hundred panels that all say that nobody answers help nobody. */
async function needAnswer(servers: TelemetryServers, at: number): Promise<void> {
  const question = { key: '', expression: 'vector(1)', instant: true, step: 60 };
  const ask = (['prometheus', 'loki'] as const)
    .filter((telemetry) => servers[telemetry] !== undefined)
    .map((telemetry) => ({ ...question, telemetry, key: telemetry }));
  const answers = await readTelemetry(servers, ask, { from: at - 60, to: at });
  for (const [telemetry, answer] of answers)
    if (answer.kind === 'failed')
      throw new CommandFailure('unavailable', answer.message, `check --${telemetry}`);
}

function silentPanels(dashboard: string, panels: readonly PreviewedPanel[]): readonly string[] {
  return panels
    .filter(
      ({ outcome, mayBeEmpty }) =>
        outcome === 'failed' || (outcome === 'empty' && mayBeEmpty === undefined),
    )
    .map(({ title, outcome }) =>
      outcome === 'failed'
        ? `${dashboard}: the query of '${title}' failed; its panel says why.`
        : `${dashboard}: '${title}' has no data.`,
    );
}

function pick(pages: readonly Page[], only: readonly string[] | undefined): readonly Page[] {
  const known = pages.map(({ dashboard }) => dashboard.uid);
  const wanted = only?.flatMap((each) => each.split(',').map((uid) => uid.trim()));
  for (const uid of wanted ?? [])
    if (!known.includes(uid))
      throw new CommandFailure(
        'usage',
        `no dashboard has the uid ${uid}.${didYouMean(uid, known)}`,
        `--only takes some of ${known.join(', ')}`,
      );
  if (pages.length === 0)
    throw new CommandFailure('findings', 'the workspace has no dashboard', 'define an SLO first');
  return pages.filter(({ dashboard }) => wanted?.includes(dashboard.uid) ?? true);
}

async function serversOf(options: DashboardsPreviewOptions): Promise<TelemetryServers> {
  const { prometheus, loki, tokenFile } = options;
  const token =
    tokenFile === undefined ? undefined : await readBearerToken(tokenFile, 'the bearer token');
  return {
    prometheus: addressOf('--prometheus', prometheus),
    loki: loki === undefined ? undefined : addressOf('--loki', loki),
    token,
  };
}

function addressOf(option: string, text: string): string {
  const url = URL.parse(text);
  if (url === null || !/^https?:$/.test(url.protocol))
    throw new CommandFailure(
      'usage',
      `${option} ${text} is not an http address`,
      'write it like http://127.0.0.1:9090',
    );
  return `${url.origin}${url.pathname}`.replace(/\/+$/, '');
}

/** Epoch seconds; now when nobody says otherwise. */
function momentOf(text: string | undefined): number {
  if (text === undefined) return Math.floor(Date.now() / 1000);
  const at = Date.parse(text);
  if (!Number.isNaN(at)) return Math.floor(at / 1000);
  throw new CommandFailure('usage', `--at ${text} is no time`, 'write it as 2026-03-29T02:30:00Z');
}

function choice<T extends string>(
  option: string,
  text: string | undefined,
  known: readonly T[],
): T | undefined {
  if (text === undefined) return undefined;
  const found = known.find((each) => each === text);
  if (found !== undefined) return found;
  throw new CommandFailure(
    'usage',
    `${option} ${text} is not known`,
    `write one of ${known.join(', ')}`,
  );
}
