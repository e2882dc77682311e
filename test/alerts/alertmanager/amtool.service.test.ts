import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { lintAlertmanager } from '../../../alerts/alertmanager/lint.ts';
import { readAlertmanagerConfiguration } from '../../../alerts/alertmanager/read-configuration.ts';
import { temporaryFolder } from '../../services/services.ts';
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

const PIECES = [
  'text\n',
  '{{ .Status }}',
  '{{ define "a" }}',
  '{{ define "b" -}}',
  '{{ end }}',
  '{{ end }}',
  '{{ if .x }}',
  '{{ range $i, $a := .Alerts }}',
  '{{ else }}',
  '{{ template "a" . }}',
  '{{ .a | toUpper }}',
  '{{ .a | trimSpace }}',
  '{{ toJson .a }}',
  '{{ join "," (stringSlice "a" .b) }}',
  '{{ now }}',
  '{{ $i }}',
  '{{/* c */}}',
  '{{ ( }}',
];

it.each(['0.25', '0.34'] as const)(
  'template files for Alertmanager %s are refused exactly when amtool refuses them',
  async (version) => {
    const folder = temporaryFolder('template-files');
    const texts = fc.sample(
      fc
        .array(fc.constantFrom(...PIECES), { minLength: 1, maxLength: 6 })
        .map((pieces) => pieces.join('')),
      150,
    );
    const files = texts.map((text, index) => {
      const path = join(folder, `${index}.tmpl`);
      writeFileSync(path, text);
      return { path, text };
    });
    const configurations = files.map(
      ({ path }) => `route: {receiver: a}\nreceivers: [{name: a}]\ntemplates: ['${path}']\n`,
    );
    const verdicts = await amtoolVerdicts(version, configurations);
    const accepted = configurations.map((text, index) => {
      const file = files[index];
      const templates = new Map(file === undefined ? [] : [[file.path, [file]]]);
      return lintAlertmanager(text, { target: version, templates }).accepted;
    });
    expect(accepted).toContain(true);
    expect(accepted).toContain(false);
    expect(accepted).toEqual(verdicts.map((each) => each === undefined));
  },
);
