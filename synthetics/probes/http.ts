// The probe of the kind http: sends a request, follows redirects, and lets the answer be asked.
import { parseJsonPath, valueAt } from '../json-path.ts';
import type { HttpRequestSettings } from '../checks/http-request.ts';
import type { Answer, Probe } from '../probe.ts';
import { followHttp, type HttpResult, type HttpTools } from './http-redirects.ts';

export function createHttpProbe(tools: HttpTools): Probe {
  return {
    type: 'http',
    async run(form, attempt) {
      return httpAnswer(await followHttp(tools, form.settings as HttpRequestSettings, attempt));
    },
  };
}

/** An answer as assertions ask it; body and JSON are read when they are first asked for. */
export function httpAnswer({ url, response }: HttpResult): Answer {
  const { status, headers, body } = response;
  let text: string | undefined;
  let json: { readonly value: unknown; readonly problem?: string } | undefined;
  const bodyText = (): string => (text ??= new TextDecoder().decode(body));
  const bodyJson = () => (json ??= parseJson(bodyText()));

  return {
    read(source, argument = '') {
      switch (source) {
        case 'status':
          return status;
        case 'header':
          return headers.get(argument)?.join(', ');
        case 'body':
          return bodyText();
        case 'json':
          return jsonAt(bodyJson().value, argument);
        case 'size':
          return body.length;
        case 'url':
          return url;
        default:
          return undefined;
      }
    },
    excerpt(source, argument = '') {
      if (source === 'header') return `headers: ${[...headers.keys()].join(', ')}`;
      if (source === 'status' || source === 'body' || source === 'size')
        return excerptOf(bodyText());
      if (source !== 'json') return undefined;
      const { value, problem } = bodyJson();
      if (problem !== undefined) return `no JSON (${problem}): ${excerptOf(bodyText())}`;
      return nearestJson(value, argument);
    },
  };
}

function parseJson(text: string): { readonly value: unknown; readonly problem?: string } {
  try {
    return { value: JSON.parse(text) as unknown };
  } catch (error) {
    return { value: undefined, problem: error instanceof Error ? error.message : String(error) };
  }
}

function jsonAt(value: unknown, path: string): unknown {
  const parsed = parseJsonPath(path);
  return parsed === undefined ? undefined : valueAt(value, parsed);
}

/** The innermost thing on the way to a path that is there. */
function nearestJson(value: unknown, path: string): string {
  const steps = parseJsonPath(path)?.steps ?? [];
  for (let length = steps.length - 1; length > 0; length -= 1) {
    const part = { steps: steps.slice(0, length), several: false };
    if (part.steps.includes(null)) continue;
    const found = valueAt(value, part);
    if (found !== undefined) return excerptOf(JSON.stringify(found));
  }
  return excerptOf(JSON.stringify(value) ?? '');
}

const LONGEST_EXCERPT = 400;

/** The beginning of a text in one line. */
function excerptOf(text: string): string {
  const line = text
    .slice(0, 2 * LONGEST_EXCERPT)
    .replace(/\s+/g, ' ')
    .trim();
  return line.length <= LONGEST_EXCERPT ? line : `${line.slice(0, LONGEST_EXCERPT - 1)}…`;
}
