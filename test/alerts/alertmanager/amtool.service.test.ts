import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readAlertmanagerConfiguration } from '../../../alerts/alertmanager/read-configuration.ts';
import { SEEDS, mutatedFile } from './amtool-corpus.ts';
import { amtoolVerdicts } from './amtool-verdicts.ts';
import { FAULTY_FILES } from './faulty-files.ts';

const FILES = 600;

/** Where the two disagree, with both opinions. */
async function disagreements(
  version: '0.25' | '0.34',
  texts: readonly string[],
): Promise<unknown[]> {
  const verdicts = await amtoolVerdicts(version, texts);
  expect(verdicts).toHaveLength(texts.length);
  return texts.flatMap((text, index) => {
    const amtool = verdicts[index];
    const { configuration, findings } = readAlertmanagerConfiguration(text, version);
    const ours = configuration === undefined ? findings[0]?.message : undefined;
    return (amtool === undefined) === (configuration !== undefined) ? [] : [{ amtool, ours, text }];
  });
}

describe.each(['0.25', '0.34'] as const)('files for Alertmanager %s', (version) => {
  it('are loaded when every part is in use', async () => {
    expect(await amtoolVerdicts(version, SEEDS[version])).toEqual(
      SEEDS[version].map(() => undefined),
    );
    expect(await disagreements(version, SEEDS[version])).toEqual([]);
  });

  it('are refused by the reader exactly when amtool refuses them, one for each finding', async () => {
    expect(
      await disagreements(
        version,
        FAULTY_FILES.map(({ text }) => text),
      ),
    ).toEqual([]);
  });

  it(`are refused by the reader exactly when amtool refuses them, ${FILES} at random`, async () => {
    const texts = fc.sample(mutatedFile(version), FILES);
    const verdicts = await amtoolVerdicts(version, texts);
    // Neither side of the question may be empty.
    expect(verdicts.filter((each) => each === undefined).length).toBeGreaterThan(20);
    expect(await disagreements(version, texts)).toEqual([]);
  });
});
