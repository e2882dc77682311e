import fc from 'fast-check';
import { expect, it } from 'vitest';
import { ALERTMANAGER_TARGETS, isSupported } from '../../../alerts/alertmanager/capability.ts';
import { integrationKinds } from '../../../alerts/alertmanager/integrations.ts';
import { generateAlertmanager } from '../../../alerts/generate-alertmanager.ts';
import type { AlertmanagerVersion } from '../../services/alertmanager.ts';
import { describeWithService } from '../../services/services.ts';
import { EVERY_KIND, team } from '../team-workspace.ts';
import { randomWorkspace } from '../random-workspace.ts';
import { checkConfigurations } from './check-config.ts';

const versions: readonly AlertmanagerVersion[] = ['0.25', '0.34'];

/** A file for an older target is loaded by every newer one: nothing that we write has been taken away. */
const loadedBy = (version: AlertmanagerVersion): (typeof ALERTMANAGER_TARGETS)[number][] =>
  ALERTMANAGER_TARGETS.filter((target) => isSupported(target, version));

describeWithService(['amtool', 'amtool-0.25'], 'generated configurations', () => {
  it.each(versions)('with a mistake are refused by amtool %s, each by itself', async (version) => {
    const text = (receiver: string): string =>
      `route: { receiver: ${receiver} }\nreceivers: [{ name: a }]\n`;
    const complaints = await checkConfigurations(
      version,
      ['a', 'b', 'a'].map((each) => ({ files: [{ path: 'alertmanager.yml', text: text(each) }] })),
    );
    expect(complaints).toEqual(['', expect.stringContaining('undefined receiver "b"'), '']);
  });

  it.each(versions)('of every kind of receiver are accepted by amtool %s', async (version) => {
    const cases = loadedBy(version).flatMap((target) =>
      EVERY_KIND.map((receiver) => {
        const generated = generateAlertmanager({
          services: [],
          slos: [],
          teams: [team({ name: 'shop', page: [receiver], ticket: [receiver] })],
          target,
        });
        return { target, receiver, generated };
      }),
    );
    const complaints = await checkConfigurations(
      version,
      cases.map(({ generated }) => generated),
    );
    expect(complaints.filter((each) => each !== '')).toEqual([]);
    for (const { target, receiver, generated } of cases) {
      const kind = receiver.integration;
      const written = generated.files[0]?.text.includes(`${kind}_configs:`);
      const told = generated.notes.some(
        (note) =>
          note.severity === 'error' && note.message.includes('is left out, and tells nobody'),
      );
      // Either it is written, or the user hears that nobody is told; what the target lacks is never written.
      expect({ kind, target, written }).toEqual({ kind, target, written: !told });
      expect(written === true && !integrationKinds(target).includes(kind)).toBe(false);
    }
  });

  it.each(versions)(
    'of random workspaces are accepted by amtool %s',
    async (version) => {
      const sources = fc.sample(randomWorkspace, { numRuns: 120, seed: 34 });
      const cases = sources.flatMap((each) =>
        loadedBy(version).map((target) => generateAlertmanager({ ...each, target })),
      );
      const complaints = await checkConfigurations(version, cases);
      expect(complaints.filter((each) => each !== '')).toEqual([]);
      expect(cases.length).toBeGreaterThanOrEqual(120);
    },
    90_000,
  );
});
