// The links of alerts to runbooks: whatever leads to the generated pages leads to a heading that is there.
import { runbookPages, runbookPlaces } from '../runbooks/generate-runbooks.ts';
import { otherAlerts } from '../runbooks/other-alerts-page.ts';
import { brokenLinks } from '../runbooks/page-links.ts';
import { type Diagnostic, printValue } from '../slo/diagnostic.ts';
import { ALERTS, ANNOTATIONS } from '../slo/names.ts';
import { didYouMean } from '../slo/nearest-name.ts';
import type { Artifact, GeneratorNote } from './artifact.ts';
import type { Catalog } from './catalog.ts';
import { runbookWorkspace } from './runbooks-generator.ts';

/** Addresses written by hand that lie below the base address and lead nowhere. */
export function checkRunbookUrls(catalog: Catalog): readonly Diagnostic[] {
  const settings = catalog.config?.runbooks;
  const base = settings?.baseUrl;
  if (settings === undefined || base === undefined) return [];
  const written = [
    ...catalog.slos.flatMap(({ id, runbookUrl, generatedRunbook }) =>
      runbookUrl === undefined || generatedRunbook === true
        ? []
        : [{ id, below: '.runbookUrl', url: runbookUrl }],
    ),
    ...catalog.services.flatMap(({ name, links }) =>
      Object.entries(links).map(([link, url]) => ({
        id: name,
        below: `.links[${JSON.stringify(link)}]`,
        url,
      })),
    ),
  ].filter(({ url }) => url.startsWith(`${base}/`));
  if (written.length === 0) return [];
  const places = runbookPlaces(runbookPages(runbookWorkspace(catalog)), settings.format);
  return written.flatMap(({ id, below, url }): Diagnostic[] => {
    const place = url.slice(base.length + 1);
    if (places.has(place)) return [];
    const origin = catalog.origins[id];
    return [
      {
        code: 'broken-runbook',
        severity: 'error',
        ...(origin === undefined ? {} : { file: origin.file }),
        path: `${origin?.path ?? id}${below}`,
        value: printValue(url),
        message: `No generated runbook is at ${printValue(url)}.${didYouMean(place, [...places])}`,
        remedy:
          'Leave it out: alerts link to their own heading by themselves. Or name an address elsewhere.',
      },
    ];
  });
}

/** What is wrong with the links of alerts in rule files, and of the pages among themselves; each is an error. */
export function runbookLinkNotes(
  artifacts: readonly Artifact[],
  catalog: Catalog,
): readonly GeneratorNote[] {
  const settings = catalog.config?.runbooks;
  const base = settings?.baseUrl;
  if (settings === undefined || base === undefined) return [];
  const pages = runbookPages(runbookWorkspace(catalog));
  const places = runbookPlaces(pages, settings.format);
  const other = new Set(otherAlerts(catalog.runbooks).map(({ alert }) => alert));
  const note = (source: string, message: string): GeneratorNote => ({
    severity: 'error',
    kind: 'runbooks',
    source,
    message,
  });
  // Alerts are written as YAML; all else is not even unpacked.
  const files = artifacts.filter(({ path }) => path.endsWith('.yaml'));
  const wrong = files.flatMap(({ path, text }) =>
    alertLinks(text).flatMap(({ alert, url }) => {
      if (url === undefined)
        return other.has(alert)
          ? []
          : [note(path, `The alert ${alert} has no runbook. ${remedyFor(alert)}`)];
      if (!url.startsWith(`${base}/`) || places.has(url.slice(base.length + 1))) return [];
      return [
        note(
          path,
          `The alert ${alert} links to ${url}, and no generated runbook is there. ${remedyFor(alert)}`,
        ),
      ];
    }),
  );
  const inside = brokenLinks(pages.map(({ page }) => page)).map(({ page, link }) =>
    note(page, `The page links to ${link}, which is not there.`),
  );
  return [...wrong, ...inside];
}

function remedyFor(alert: string): string {
  return Object.values(ALERTS).some((own) => own === alert)
    ? 'This is a mistake of Ninefold: please report it.'
    : `Write defineRunbook({ alerts: [{ alert: '${alert}' }], … }) in a file that ends in .runbooks.ts.`;
}

interface AlertLink {
  readonly alert: string;
  /** Absent: the alert carries none. */
  readonly url?: string;
}

const ALERT = /^\s*(?:- )?alert: (?<text>.*)$/;
const RUNBOOK = new RegExp(`^\\s*${ANNOTATIONS.runbook}: (?<text>.*)$`);

/**
 * The alerts of a rule file and their runbooks. Line by line, since ten thousand SLOs are many rules, and in the form in
 * which ours are written: a key and a scalar on one line.
 */
function alertLinks(text: string): readonly AlertLink[] {
  const links: { alert: string; url?: string }[] = [];
  if (!text.includes('alert: ')) return links;
  for (const line of text.split('\n')) {
    const alert = ALERT.exec(line)?.groups?.['text'];
    if (alert !== undefined) links.push({ alert: scalar(alert) });
    const url = RUNBOOK.exec(line)?.groups?.['text'];
    const last = links.at(-1);
    if (url !== undefined && last !== undefined) last.url = scalar(url);
  }
  return links;
}

/** The text of a scalar in any of YAML's quotes: JSON's are YAML's double ones. */
function scalar(text: string): string {
  if (text.startsWith('"')) return JSON.parse(text) as string;
  return text.startsWith("'") ? text.slice(1, -1).replaceAll("''", "'") : text;
}
