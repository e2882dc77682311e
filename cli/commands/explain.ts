// ninefold explain: why an SLO or an alert fires or does not, from a running collector.
import type {
  Alert,
  AlertChange,
  Budget,
  SloDetail,
  SloSummary,
} from '../../collector/http/contract.ts';
import { type ApiClient, createApiClient } from '../api-client.ts';
import { EXIT_CODES, type ExitCode } from '../exit-codes.ts';
import { type Explanation, explanationOf, summaryOf } from '../explanation.ts';
import { CommandFailure } from '../failure.ts';
import { events, moment, percent, rate, span } from '../figures.ts';
import { plainText } from '../plain-text.ts';
import { formatTable } from '../table.ts';
import type { Terminal } from '../terminal.ts';
import { testimonyText } from '../testimony.ts';

const CHANGES = 10;
const GROUPS = 20;

export interface ExplainOptions {
  readonly url?: string | undefined;
  readonly tokenFile?: string | undefined;
  readonly json?: true | undefined;
}

export async function explain(
  terminal: Terminal,
  subject: string,
  options: ExplainOptions,
): Promise<ExitCode> {
  const client = await createApiClient(options, terminal.environment);
  const instances = await resolve(client, subject);
  const explanations: Explanation[] = [];
  for (const instance of instances) explanations.push(await explainOne(client, instance));
  if (options.json === true) terminal.out(JSON.stringify({ explanations }));
  else terminal.out(explanations.flatMap((each) => format(terminal, each)).join('\n'));
  return EXIT_CODES.ok.code;
}

/** The budgets that a subject means: a group, an SLO (its firing groups), an alert name, or part of a name. */
async function resolve(client: ApiClient, subject: string): Promise<readonly string[]> {
  if (subject.includes('{')) return [subject];
  const slos = await client.list<SloSummary>('/slos');
  const exact = slos.filter(({ id }) => id === subject);
  const named = exact.length > 0 ? exact : slos.filter(({ id }) => id.includes(subject));
  const only = named[0];
  if (only !== undefined && named.length === 1) return budgetsOf(client, only);
  if (named.length > 1)
    throw new CommandFailure(
      'usage',
      `${subject} can mean ${named
        .map(({ id }) => id)
        .slice(0, 10)
        .join(', ')}`,
      'name one of them',
    );
  const alerts = await client.list<Alert>('/alerts');
  const raised = alerts.filter(({ name }) => name.toLowerCase() === subject.toLowerCase());
  if (raised.length > 0)
    return [...new Set(raised.map(({ instance }) => instance))].slice(0, GROUPS);
  throw new CommandFailure(
    'noInput',
    `there is no SLO and no present alert named ${subject}`,
    '`ninefold status` lists the SLOs',
  );
}

async function budgetsOf(client: ApiClient, slo: SloSummary): Promise<readonly string[]> {
  if (slo.groupBy === null) return [slo.id];
  if (slo.groups.firing > 0) {
    const firing = await client.list<Budget>(`/slos/${slo.id}/groups`, { firing: 'true' });
    return firing.map(({ instance }) => instance).slice(0, GROUPS);
  }
  if (slo.budget === null)
    throw new CommandFailure(
      'noInput',
      `${slo.id} is grouped, and no group has been seen yet`,
      'send telemetry first',
    );
  return [slo.budget.instance];
}

async function explainOne(client: ApiClient, instance: string): Promise<Explanation> {
  const brace = instance.indexOf('{');
  const id = brace < 0 ? instance : instance.slice(0, brace);
  const [slo, groups, changes] = await Promise.all([
    client.get<SloDetail>(`/slos/${id}`),
    client.get<{ items: Budget[] }>(`/slos/${id}/groups`, { instance }),
    client.get<{ items: AlertChange[] }>('/alerts/history', { instance, limit: String(CHANGES) }),
  ]);
  const budget = groups.items[0];
  if (budget === undefined)
    throw new CommandFailure(
      'noInput',
      `${id} has no budget ${instance}`,
      '`ninefold status` lists the SLOs',
    );
  return explanationOf(slo, budget, changes.items);
}

function format(terminal: Terminal, explanation: Explanation): string[] {
  const { slo, budget, conditions, changes } = explanation;
  const firing = budget.alerts.some(({ phase }) => phase === 'firing');
  const lines = [
    terminal.paint(firing ? 'red' : 'bold', plainText(summaryOf(explanation))),
    '',
    `Objective ${slo.objective}, window ${moment(budget.window.start)} to ${moment(budget.window.end)}, measured ${percent(budget.coverage, 1)} of it.`,
    `${events(budget.bad)} of ${events(budget.total)} events were bad: SLI ${percent(budget.sli)}, budget left ${percent(budget.budgetRemaining, 1)}${forecastText(budget)}.`,
    ...quorumLines(slo),
    ...slo.witnesses.map((witness) => plainText(`Its ${testimonyText(witness)}.`)),
    ...(slo.witnessOf === null ? [] : [plainText(`It is a witness of ${slo.witnessOf}.`)]),
  ];
  for (const condition of conditions) {
    lines.push(
      '',
      terminal.paint(
        'bold',
        `${condition.severity}: burn rate above ${rate(condition.burnRateThreshold)} over ${span(condition.longWindowSeconds)} and ${span(condition.shortWindowSeconds)}`,
      ),
    );
    const windows = [
      { name: 'long', seconds: condition.longWindowSeconds, ...condition.long },
      { name: 'short', seconds: condition.shortWindowSeconds, ...condition.short },
    ];
    const table = formatTable(
      windows,
      [
        { title: '', value: ({ name, seconds }) => `${name} ${span(seconds)}` },
        { title: 'BAD', value: ({ bad }) => events(bad), align: 'right' },
        { title: 'TOTAL', value: ({ total }) => events(total), align: 'right' },
        { title: 'BURN RATE', value: ({ burnRate }) => rate(burnRate), align: 'right' },
      ],
      terminal.columns,
    );
    lines.push(...table.map((line) => `  ${line}`));
    lines.push(`  It ${condition.verdict}.`, `  Change: ${condition.change}.`);
  }
  if (changes.length > 0) {
    lines.push('', terminal.paint('bold', 'latest changes'));
    for (const { at, severity, transition, name } of changes)
      lines.push(`  ${moment(at)}  ${name} ${severity} ${transition}`);
  }
  return [...lines, ''];
}

function quorumLines({ sli: { quorum } }: Explanation['slo']): string[] {
  if (quorum === null) return [];
  const { atLeast, among, slotSeconds } = quorum;
  return [
    `Each ${span(slotSeconds)} is one event, bad when ${atLeast} of ${among.length} places say so (${plainText(among.join(', '))}); what hangs on silent places is not measured.`,
  ];
}

function forecastText({ forecast, budgetRemaining }: Budget): string {
  if (forecast === null) return '';
  if (budgetRemaining !== null && budgetRemaining <= 0) return ', all spent';
  if (forecast.exhaustedInSeconds === null) return ', which lasts at the present rate';
  const range = `${span(forecast.earliestSeconds)} to ${span(forecast.latestSeconds)}`;
  return `, spent in ${span(forecast.exhaustedInSeconds)} at the present rate (90 %: ${range})`;
}
