// Makes runbooks: Markdown pages and a static site, one page a service, with a heading for every alert.
import type { FieldValue, Receiver } from '../alerts/receivers/receiver.ts';
import type { Team } from '../alerts/team.ts';
import { serviceUid } from '../slo/names.ts';
import { oldRunbooks, runbookFiles, runbookPages } from '../runbooks/generate-runbooks.ts';
import {
  alertsOf,
  runbookFor,
  type RunbookWorkspace,
  type TeamContact,
} from '../runbooks/workspace.ts';
import type { RunbookSettings } from '../slo/runbook-link.ts';
import type { Generator, GeneratorNote } from './artifact.ts';
import type { Catalog } from './catalog.ts';

const KIND = 'runbooks';

export const runbooksGenerator: Generator = {
  kind: KIND,
  title: 'runbooks as Markdown and as a static site',
  generate(catalog, _, now) {
    const files = runbookFiles(runbookPages(runbookWorkspace(catalog)));
    return {
      artifacts: files.map(({ path, text, sources }) => ({
        path: `${KIND}/${path}`,
        kind: KIND,
        text,
        sources,
      })),
      notes: [
        ...(now === undefined ? [] : reviewNotes(catalog, now)),
        ...unwrittenNotes(catalog),
        ...unlinkedNotes(catalog),
      ],
    };
  },
};

/** What the pages are made from. */
export function runbookWorkspace({
  services,
  slos,
  runbooks,
  teams,
  routing,
  config,
}: Catalog): RunbookWorkspace {
  const settings: RunbookSettings = config?.runbooks ?? { format: 'html' };
  return {
    services,
    slos,
    runbooks,
    teams: teams.map(contactOf),
    needs: routing?.dependencies ?? [],
    settings,
    prometheus:
      settings.prometheusUrl === undefined
        ? connections(config)
        : { default: settings.prometheusUrl },
    dashboardUid: (service) => serviceUid(service, config?.dashboards?.workspace),
  };
}

/** Addresses of Prometheus by connection, of those that are polled. */
function connections(config: Catalog['config']): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(config?.connections.prometheus ?? {}).flatMap(([name, { url }]) =>
      url === undefined ? [] : [[name, url]],
    ),
  );
}

function contactOf({ name, page, ticket }: Team): TeamContact {
  return { name, page: page.map(wayOf), ticket: ticket.map(wayOf) };
}

/** What tells one recipient of an integration from another; none of it is a secret. */
const RECIPIENTS = ['channel', 'to', 'room_id'];

function wayOf({ integration, fields }: Receiver): string {
  const recipient = RECIPIENTS.map((name): FieldValue | undefined => fields[name]).find(
    (value) => typeof value === 'string',
  );
  return typeof recipient === 'string' ? `${integration} ${recipient}` : integration;
}

function reviewNotes({ runbooks }: Catalog, now: number): readonly GeneratorNote[] {
  return oldRunbooks(runbooks, now).map(({ runbook: { name, reviewed }, days }) => ({
    severity: 'warning',
    kind: KIND,
    source: `runbook ${name}`,
    message: `It was reviewed on ${reviewed}, ${days} days ago. Go through it, correct it, and write today's date into reviewed.`,
  }));
}

/** Pages that nobody has written a runbook for follow the defaults: worth knowing, and no fault. */
function unwrittenNotes({ slos, runbooks }: Catalog): readonly GeneratorNote[] {
  const pages = slos.flatMap(alertsOf).filter(({ severity }) => severity === 'page');
  const unwritten = pages.filter((alert) => runbookFor(runbooks, alert) === undefined);
  if (unwritten.length === 0) return [];
  return [
    {
      severity: 'info',
      kind: KIND,
      source: '(workspace)',
      message: `${unwritten.length} of ${pages.length} alerts that page have the default runbook of their SLI kind. Write the others with defineRunbook, in a file that ends in .runbooks.ts.`,
    },
  ];
}

function unlinkedNotes({ config, slos }: Catalog): readonly GeneratorNote[] {
  if (
    config?.runbooks?.baseUrl !== undefined ||
    slos.every(({ runbookUrl }) => runbookUrl !== undefined)
  )
    return [];
  return [
    {
      severity: 'info',
      kind: KIND,
      source: '(workspace)',
      message:
        'Alerts do not link to these pages: publish them, and write their address into ninefold.config.ts as runbooks: { baseUrl }.',
    },
  ];
}
