// The page of a service: whose it is, what it needs, and for each SLO what it promises and what to do about its alerts.
import {
  anchorOf,
  type Block,
  bullets,
  heading,
  type Page,
  paragraph,
  type Span,
  type Text,
} from '../formats/page.ts';
import { alertHeading, serviceRunbookPath, sloHeading } from '../slo/runbook-link.ts';
import type { Service } from '../slo/service.ts';
import type { Slo } from '../slo/slo.ts';
import { alertSection, type GuidesShown } from './sections/alert-section.ts';
import { sloFacts } from './sections/slo-facts.ts';
import { alertsOf, type RunbookWorkspace } from './workspace.ts';

/** The page of a service and its SLOs, sorted by name. Links to other pages are relative and without ending. */
export function servicePage(
  service: Service,
  slos: readonly Slo[],
  workspace: RunbookWorkspace,
): Page {
  const shown: GuidesShown = new Map();
  return {
    path: serviceRunbookPath(service.name),
    title: service.name,
    blocks: [
      ...(service.description === undefined ? [] : [paragraph(service.description)]),
      bullets(serviceFacts(service, workspace)),
      heading(2, 'Which alert is it?'),
      contents(slos),
      ...slos.flatMap((slo) => [
        heading(2, sloHeading(slo.name)),
        ...sloFacts(slo, workspace),
        ...alertsOf(slo).flatMap((alert) => alertSection(alert, workspace, shown)),
      ]),
    ],
  };
}

function serviceFacts(
  service: Service,
  { teams, needs, services }: RunbookWorkspace,
): readonly Text[] {
  const team = teams.find(({ name }) => name === service.team);
  const ways =
    team === undefined
      ? ''
      : `: pages by ${team.page.join(', ')}${team.ticket.length === 0 ? '' : `; tickets by ${team.ticket.join(', ')}`}`;
  const down = needs.filter((each) => each.service === service.name).flatMap((each) => each.needs);
  const up = needs.filter((each) => each.needs.includes(service.name)).map((each) => each.service);
  const known = new Set(services.map(({ name }) => name));
  const line = (what: string, names: readonly string[]): readonly Text[] =>
    names.length === 0 ? [] : [[{ strong: `${what}:` }, ' ', ...serviceLinks(names, known)]];
  return [
    [{ strong: 'Team:' }, ` ${service.team}${ways}`],
    [{ strong: 'Tier:' }, ` ${service.tier}`],
    ...line('Needs', down),
    ...line('Needed by', up),
  ];
}

/** Links between the pages of services; a service without a page is only named. */
function serviceLinks(names: readonly string[], known: ReadonlySet<string>): readonly Span[] {
  return [...new Set(names)]
    .toSorted()
    .flatMap((name, index): Span[] => [
      ...(index === 0 ? [] : [', ']),
      known.has(name) ? { link: `../${serviceRunbookPath(name)}`, text: name } : name,
    ]);
}

/** Every alert of the service, as the first thing on the page: whoever was woken knows its name. */
function contents(slos: readonly Slo[]): Block {
  return {
    kind: 'list',
    ordered: false,
    items: slos.map((slo) => ({
      text: [link(sloHeading(slo.name), sloHeading(slo.name))],
      blocks: [
        bullets(
          alertsOf(slo).map(({ alert, severity }) => {
            const title = alertHeading(slo.name, alert, severity);
            return [link(title, title)];
          }),
        ),
      ],
    })),
  };
}

function link(title: string, text: string): Span {
  return { link: `#${anchorOf(title)}`, text };
}
