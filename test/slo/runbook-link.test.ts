import { describe, expect, it } from 'vitest';
import { anchorOf } from '../../formats/page.ts';
import { SEVERITIES } from '../../slo/burn-policy.ts';
import { ALERTS } from '../../slo/names.ts';
import {
  alertHeading,
  alertRunbookUrl,
  sloHeading,
  sloRunbookUrl,
} from '../../slo/runbook-link.ts';

const slo = { service: { name: 'checkout' }, name: 'by-country' } as Parameters<
  typeof sloRunbookUrl
>[0];
const baseUrl = 'https://runbooks.example/shop';

describe('the link of an alert to its runbook', () => {
  it('leads to the heading of the SLO on the page of its service, in either format', () => {
    expect(sloRunbookUrl(slo, { baseUrl, format: 'html' })).toBe(
      'https://runbooks.example/shop/services/checkout.html#slo-by-country',
    );
    expect(sloRunbookUrl(slo, { baseUrl, format: 'markdown' })).toBe(
      'https://runbooks.example/shop/services/checkout.md#slo-by-country',
    );
    expect(sloRunbookUrl(slo, { format: 'html' })).toBeUndefined();
  });

  it('is the alert’s own heading on a generated page, and the one address anywhere else', () => {
    const runbookUrl = sloRunbookUrl(slo, { baseUrl, format: 'html' }) ?? '';
    expect(
      alertRunbookUrl(
        { name: 'by-country', runbookUrl, generatedRunbook: true },
        ALERTS.burn,
        'page',
      ),
    ).toBe(`${baseUrl}/services/checkout.html#page-errorbudgetburn-of-by-country`);
    expect(alertRunbookUrl({ name: 'by-country', runbookUrl }, ALERTS.burn, 'page')).toBe(
      runbookUrl,
    );
    expect(alertRunbookUrl({ name: 'by-country' }, ALERTS.burn, 'page')).toBeUndefined();
  });

  it('has the anchors that code hosts give these headings', () => {
    const runbookUrl = sloRunbookUrl(slo, { baseUrl, format: 'html' }) ?? '';
    expect(runbookUrl.endsWith(`#${anchorOf(sloHeading('by-country'))}`)).toBe(true);
    for (const alert of Object.values(ALERTS))
      for (const severity of SEVERITIES)
        expect(
          alertRunbookUrl(
            { name: 'by-country', runbookUrl, generatedRunbook: true },
            alert,
            severity,
          ),
        ).toBe(
          `${baseUrl}/services/checkout.html#${anchorOf(alertHeading('by-country', alert, severity))}`,
        );
  });
});
