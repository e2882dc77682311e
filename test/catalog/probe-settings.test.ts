import { describe, expect, it } from 'vitest';
import { resolveConfig } from '../../catalog/resolve-config.ts';

const settingsOf = (probes: unknown) => resolveConfig({ kind: 'config', probes }, '/workspace');

describe('who runs checks', () => {
  it('is nobody unless the configuration says so', () => {
    expect(resolveConfig({ kind: 'config' }, '/workspace').value?.probes).toBeUndefined();
    expect(settingsOf({}).value?.probes).toEqual({
      jobs: {
        pushUrl: 'http://ninefold:9999',
        image: 'ninefold:latest',
        secret: 'ninefold-probes',
      },
    });
  });

  it('is the collector, everywhere or at a place', () => {
    expect(settingsOf({ serve: true }).value?.probes?.serve).toEqual({ location: '', atOnce: 256 });
    expect(settingsOf({ serve: { location: 'eu', atOnce: 9 } }).value?.probes?.serve).toEqual({
      location: 'eu',
      atOnce: 9,
    });
  });

  it.each([
    [{ serve: false }, 'probes.serve'],
    [{ serve: { atOnce: 0 } }, 'probes.serve.atOnce'],
    [{ serve: { location: 'E U' } }, 'probes.serve.location'],
    [{ pushUrl: 'collector:9999' }, 'probes.pushUrl'],
    [{ image: 'ninefold\n  command: [sh]' }, 'probes.image'],
    [{ secret: 'No_Name' }, 'probes.secret'],
    [{ imgae: 'x' }, 'probes.imgae'],
  ])('is told to be wrong in %j', (probes, path) => {
    const { value, diagnostics } = settingsOf(probes);
    expect(value).toBeUndefined();
    expect(diagnostics.map((each) => each.path)).toEqual([path]);
  });
});
