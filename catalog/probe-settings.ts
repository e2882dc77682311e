// Reads who runs checks, and where the generated jobs send their results.
import type { ProbeSettings } from '../slo/connection.ts';
import type { DefinitionReader } from '../slo/definition-reader.ts';
import { NAME_RULE } from '../slo/text-rules.ts';
import { readUrl } from './config-endpoint.ts';

/** What jobs use when nothing is said. */
export const USUAL_JOBS: ProbeSettings['jobs'] = {
  pushUrl: 'http://ninefold:9999',
  image: 'ninefold:latest',
  secret: 'ninefold-probes',
};

const USUAL_AT_ONCE = 256;
const MOST_AT_ONCE = 2000;
const LONGEST_IMAGE = 500;

/** The settings of a configuration; undefined when it has none. */
export function readProbes(config: DefinitionReader): ProbeSettings | undefined {
  const probes = config.object('probes', {
    known: ['serve', 'pushUrl', 'image', 'secret'],
    example: `{ serve: true }`,
  });
  if (probes === undefined) return undefined;
  const serve = probes.raw('serve') === true ? USUAL_SERVE : readServe(probes);
  return {
    ...(serve === undefined ? {} : { serve }),
    jobs: {
      pushUrl: readUrl(probes, 'pushUrl') ?? USUAL_JOBS.pushUrl,
      image: readImage(probes) ?? USUAL_JOBS.image,
      secret: probes.parsed('secret', NAME_RULE) ?? USUAL_JOBS.secret,
    },
  };
}

const USUAL_SERVE = { location: '', atOnce: USUAL_AT_ONCE } as const;

function readServe(probes: DefinitionReader): ProbeSettings['serve'] {
  const serve = probes.object('serve', {
    known: ['location', 'atOnce'],
    example: `true, or { location: 'eu' }`,
  });
  return (
    serve && {
      location: serve.parsed('location', NAME_RULE) ?? '',
      atOnce: serve.whole('atOnce', 1, MOST_AT_ONCE) ?? USUAL_AT_ONCE,
    }
  );
}

/** `registry.example:5000/team/ninefold:1.2@sha256:…`: letters that cannot end a line or a quotation. */
function readImage(probes: DefinitionReader): string | undefined {
  return probes.parsed('image', {
    code: 'not-a-name',
    parse: (text) =>
      text.length <= LONGEST_IMAGE && /^[a-z0-9][\w.:/@-]*$/i.test(text) ? text : undefined,
    expected: 'the name of an image',
    remedy: `Write it as 'registry.example/ninefold:1.0'.`,
  });
}
