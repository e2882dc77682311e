// docker-compose.yml and Dockerfile, parsed: what they promise about ports, users, files and versions holds.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';

const ROOT = join(import.meta.dirname, '../..');
const read = (file: string): string => readFileSync(join(ROOT, file), 'utf8');

interface ComposeService {
  readonly image?: string;
  readonly build?: string;
  readonly ports?: readonly string[];
  readonly volumes?: readonly string[];
  readonly read_only?: boolean;
  readonly cap_drop?: readonly string[];
  readonly depends_on?: Readonly<Record<string, { readonly condition: string }>>;
  readonly healthcheck?: object;
}

const compose = parse(read('docker-compose.yml'), { merge: true }) as {
  readonly services: Readonly<Record<string, ComposeService>>;
  readonly volumes: Readonly<Record<string, unknown>>;
};
const services = Object.entries(compose.services);

describe('docker-compose.yml', () => {
  it('has every part of the picture', () => {
    expect(Object.keys(compose.services).sort()).toEqual([
      'alertmanager',
      'collector',
      'grafana',
      'kafka',
      'loki',
      'prometheus',
      'redis',
      'shop',
    ]);
  });

  it.each(services)('publishes %s on loopback only', (_, { ports = [] }) => {
    for (const port of ports) expect(port).toMatch(/^127\.0\.0\.1:\d+:\d+$/);
  });

  it.each(services)('pins the version of %s, or builds it here', (_, { image, build }) => {
    const pinned = /^[\w./-]+:v?\d+(\.\d+)*$/.test(image ?? '');
    const built = build !== undefined && existsSync(join(ROOT, build, 'Dockerfile'));
    expect(pinned || built).toBe(true);
  });

  it.each(services)(
    'mounts for %s only files that are here and volumes that are declared',
    (_, { volumes = [] }) => {
      const missing = volumes
        .map((volume) => volume.split(':')[0] ?? '')
        .filter((source) =>
          source.startsWith('.')
            ? // The tokens are the operator's to make, with `ninefold token create`.
              !source.startsWith('./deploy/tokens') && !existsSync(join(ROOT, source))
            : !(source in compose.volumes),
        );
      expect(missing).toEqual([]);
    },
  );

  it.each(services)('waits for %s only as far as it can tell', (_, { depends_on = {} }) => {
    const untellable = Object.entries(depends_on).filter(
      ([name, { condition }]) =>
        compose.services[name] === undefined ||
        (condition === 'service_healthy' && compose.services[name].healthcheck === undefined),
    );
    expect(untellable).toEqual([]);
  });

  it('runs what is ours on a read-only file system without capabilities', () => {
    for (const name of ['collector', 'shop'])
      expect(compose.services[name]).toMatchObject({ read_only: true, cap_drop: ['ALL'] });
  });
});

describe('Dockerfile', () => {
  const lines = read('Dockerfile').split('\n');

  it('does not run as root, has a health check, and starts the command', () => {
    expect(lines).toContain('USER node');
    expect(lines.some((line) => line.startsWith('HEALTHCHECK'))).toBe(true);
    expect(lines).toContain('ENTRYPOINT ["node", "cli/launch.js"]');
  });

  it('copies folders that exist', () => {
    const copied = lines
      .filter((line) => line.startsWith('COPY ') && !line.includes('--from='))
      .flatMap((line) => line.split(' ').slice(1, -1));
    for (const source of copied) expect(existsSync(join(ROOT, source)), source).toBe(true);
  });

  it('runs a Node that the launcher accepts as it is', () => {
    const versions = lines.flatMap((line) => /^FROM node:(\d+)/.exec(line)?.[1] ?? []);
    expect(versions.every((version) => Number(version) >= 26)).toBe(true);
  });
});
