import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { ALERTS, ANNOTATIONS } from '../../../slo/names.ts';
import { notificationTemplates } from '../../../alerts/templates/notification-templates.ts';
import { type AlertmanagerVersion, findAmtool } from '../../services/alertmanager.ts';
import { describeWithService, temporaryFolder } from '../../services/services.ts';

const versions: readonly AlertmanagerVersion[] = ['0.25', '0.34'];

const annotations = {
  [ANNOTATIONS.summary]: 'checkout/availability burns its error budget at 20×, 63 % left',
  [ANNOTATIONS.description]: '99.9% of <orders> & carts in 30d: 370 of 1,000,000 events were bad.',
  [ANNOTATIONS.firedBy]: '1h/5m above 14.4×',
  [ANNOTATIONS.burnRates]: '1h 20×, 5m 21×',
  [ANNOTATIONS.budgetRemaining]: '63 %',
  [ANNOTATIONS.budgetSpent]: '37 %',
  [ANNOTATIONS.exhaustion]: '1d7h (1d to 2d)',
  [ANNOTATIONS.evidence]: '200 of 10,000 events bad in 1h',
  [ANNOTATIONS.coverage]: '99.98 %',
  [ANNOTATIONS.runbook]: 'https://wiki.example/checkout',
  [ANNOTATIONS.dashboard]: 'https://grafana.example/d/checkout',
};
const labels = { alertname: ALERTS.burn, service: 'checkout', severity: 'page', team: 'shop' };

interface TemplateAlert {
  readonly status: 'firing' | 'resolved';
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
}

const firing: TemplateAlert = { status: 'firing', labels, annotations };
const over: TemplateAlert = { ...firing, status: 'resolved' };
const ticket: TemplateAlert = { ...firing, labels: { ...labels, severity: 'ticket' } };
const other: TemplateAlert = {
  ...firing,
  labels: { ...labels, region: 'us' },
  annotations: {
    ...annotations,
    [ANNOTATIONS.summary]: 'in us too',
    [ANNOTATIONS.firedBy]: '6h/30m above 6×',
  },
};
/** Another tool's alert, of which nothing is known. */
const foreign: TemplateAlert = {
  status: 'firing',
  labels: { alertname: 'DiskFull' },
  annotations: {},
};

for (const version of versions) {
  describeWithService(
    [version === '0.34' ? 'amtool' : 'amtool-0.25'],
    `templates of ${version}`,
    () => {
      let folder: string;
      beforeAll(() => {
        folder = temporaryFolder('templates');
        writeFileSync(join(folder, 'ninefold.tmpl'), notificationTemplates());
      });

      const render = (
        name: string,
        alerts: readonly TemplateAlert[],
        type: 'text' | 'html' = 'text',
      ): string => {
        writeFileSync(join(folder, 'data.json'), JSON.stringify(dataOf(alerts)));
        const amtool = findAmtool(version);
        if (amtool.from === 'nowhere') throw new Error(amtool.reason);
        return execFileSync(
          amtool.file,
          [
            'template',
            'render',
            `--template.glob=${join(folder, 'ninefold.tmpl')}`,
            `--template.text={{ template "ninefold.${name}" . }}`,
            `--template.type=${type}`,
            `--template.data=${join(folder, 'data.json')}`,
          ],
          { encoding: 'utf8' },
        );
      };

      describe('say in one line', () => {
        it('what burns, that it is over, and how many more', () => {
          expect(render('title', [firing])).toBe(annotations.summary);
          expect(render('title', [over])).toBe(`Over: ${annotations.summary}`);
          expect(render('title', [firing, other])).toBe(`${annotations.summary} (and 1 more)`);
          expect(render('title', [foreign])).toBe('DiskFull ');
        });

        it('how urgent it is, in the words of each pager', () => {
          const words = (alert: TemplateAlert): readonly string[] =>
            [
              'pagerduty.severity',
              'opsgenie.priority',
              'victorops.type',
              'pushover.priority',
              'color',
            ].map((name) => render(name, [alert]));
          expect(words(firing)).toEqual(['critical', 'P1', 'CRITICAL', '2', 'danger']);
          expect(words(ticket)).toEqual(['warning', 'P3', 'WARNING', '0', 'warning']);
          expect(words(over)).toEqual(['critical', 'P1', 'CRITICAL', '0', 'good']);
          expect(words(foreign)).toEqual(['warning', 'P3', 'WARNING', '0', 'warning']);
        });

        it('where to look, and who it is about', () => {
          expect(
            ['runbook', 'dashboard', 'query', 'link', 'source'].map((name) =>
              render(name, [firing]),
            ),
          ).toEqual([
            annotations.runbook_url,
            annotations.dashboard_url,
            'http://127.0.0.1:9090/graph?a=1&b=2',
            annotations.runbook_url,
            'checkout',
          ]);
          expect(
            ['runbook', 'dashboard', 'link', 'source'].map((name) => render(name, [foreign])),
          ).toEqual(['', '', 'http://alertmanager.example', 'Alertmanager']);
        });

        it('each fact, of several alerts each their own', () => {
          expect(render('fired_by', [firing])).toBe('1h/5m above 14.4×');
          expect(render('fired_by', [firing, other])).toBe('1h/5m above 14.4×\n6h/30m above 6×\n');
          expect(render('fired_by', [foreign])).toBe('');
          expect(render('budget_remaining', [firing, other])).toBe('63 %');
        });
      });

      describe('lay out', () => {
        it('plain text', () => {
          expect(render('text', [over])).toBe(
            [
              'What: 99.9% of <orders> & carts in 30d: 370 of 1,000,000 events were bad.',
              'Fired by: 1h/5m above 14.4×',
              'Burn rates: 1h 20×, 5m 21×',
              'Budget left: 63 %',
              'Budget spent: 37 %',
              'Exhausted in: 1d7h (1d to 2d)',
              'Evidence: 200 of 10,000 events bad in 1h',
              'Measured: 99.98 %',
              'Since: 2026-11-22 10:00:00 UTC',
              'Over since: 2026-11-22 11:00:00 UTC',
              'Runbook: what to do first: https://wiki.example/checkout',
              'Dashboard: https://grafana.example/d/checkout',
              'Query: http://127.0.0.1:9090/graph?a=1&b=2',
              '',
            ].join('\n'),
          );
        });

        it('Slack’s marks, with what Slack reads as marks escaped', () => {
          const lines = render('slack', [firing, other]).split('\n');
          expect(lines).toContain(`*Alert:* ${annotations.summary}`);
          expect(lines).toContain('*Alert:* in us too');
          expect(lines).toContain(
            '*What:* 99.9% of &lt;orders&gt; &amp; carts in 30d: 370 of 1,000,000 events were bad.',
          );
          expect(lines).toContain('<https://wiki.example/checkout|Runbook: what to do first>');
          expect(lines).toContain('<http://127.0.0.1:9090/graph?a=1&amp;b=2|Query>');
        });

        it('Markdown', () => {
          const lines = render('markdown', [firing]).split('\n');
          expect(lines).toContain('**Budget left:** 63 %  ');
          expect(lines).toContain('[Dashboard](https://grafana.example/d/checkout)  ');
          expect(render('post', [firing]).split('\n')[0]).toBe(`**${annotations.summary}**`);
        });

        it('HTML for Telegram and mail, escaped', () => {
          const telegram = render('telegram', [firing], 'html').split('\n');
          expect(telegram[0]).toBe(`<b>${annotations.summary}</b>`);
          expect(telegram).toContain(
            '<b>What:</b> 99.9% of &lt;orders&gt; &amp; carts in 30d: 370 of 1,000,000 events were bad.',
          );
          expect(telegram).toContain(
            '<a href="https://wiki.example/checkout">Runbook: what to do first</a>',
          );
          const mail = render('email', [firing], 'html');
          expect(mail).toContain('<th align="left" valign="top">Budget left</th><td>63 %</td>');
          expect(mail).toContain('&lt;orders&gt; &amp; carts');
          expect(mail).toContain('<a href="http://127.0.0.1:9090/graph?a=1&amp;b=2">Query</a>');
        });

        it('an alert of another tool without a word about budgets', () => {
          expect(render('text', [foreign])).toBe(
            'Since: 2026-11-22 10:00:00 UTC\nQuery: http://127.0.0.1:9090/graph?a=1&b=2\n',
          );
        });
      });
    },
  );
}

/** The data of a notification as Alertmanager makes it of alerts. */
function dataOf(alerts: readonly TemplateAlert[]): unknown {
  return {
    receiver: 'team-shop-page',
    status: alerts.some(({ status }) => status === 'firing') ? 'firing' : 'resolved',
    alerts: alerts.map((alert) => ({
      ...alert,
      startsAt: '2026-11-22T10:00:00Z',
      endsAt: alert.status === 'firing' ? '0001-01-01T00:00:00Z' : '2026-11-22T11:00:00Z',
      generatorURL: 'http://127.0.0.1:9090/graph?a=1&b=2',
      fingerprint: '0123456789abcdef',
    })),
    groupLabels: {},
    commonLabels: inCommon(alerts.map((each) => each.labels)),
    commonAnnotations: inCommon(alerts.map((each) => each.annotations)),
    externalURL: 'http://alertmanager.example',
  };
}

function inCommon(
  sets: readonly Readonly<Record<string, string>>[],
): Readonly<Record<string, string>> {
  const [first = {}, ...rest] = sets;
  return Object.fromEntries(
    Object.entries(first).filter(([name, value]) => rest.every((each) => each[name] === value)),
  );
}
