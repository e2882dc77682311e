// Cookies of one journey, as RFC 6265 has them: who set them gets them back, and nobody else.

export interface CookieJar {
  /** Takes what an answer of an address sets. */
  take(url: URL, setCookies: readonly string[]): void;
  /** The `Cookie` header for an address; undefined when there is none. */
  header(url: URL): string | undefined;
  /** The value that was set last under a name. */
  value(name: string): string | undefined;
}

interface Cookie {
  readonly name: string;
  readonly value: string;
  readonly domain: string;
  /** Whether only the very host gets it. */
  readonly hostOnly: boolean;
  readonly path: string;
  readonly secure: boolean;
}

const MOST_COOKIES = 100;
const LONGEST_COOKIE = 4096;

/** An empty jar; `mask` gets every value, because cookies are secrets. */
export function createCookieJar(mask: (value: string) => void): CookieJar {
  const cookies = new Map<string, Cookie>();
  return {
    take(url, setCookies) {
      for (const text of setCookies.slice(0, MOST_COOKIES)) {
        const read = readCookie(text, url);
        if (read === undefined) continue;
        const { cookie, gone } = read;
        const key = `${cookie.domain} ${cookie.path} ${cookie.name}`;
        cookies.delete(key);
        if (gone || cookies.size >= MOST_COOKIES) continue;
        cookies.set(key, cookie);
        if (cookie.value.length >= 8) mask(cookie.value);
      }
    },
    header(url) {
      const meant = [...cookies.values()]
        .filter((cookie) => isFor(cookie, url))
        .sort((a, b) => b.path.length - a.path.length);
      return meant.length === 0
        ? undefined
        : meant.map(({ name, value }) => `${name}=${value}`).join('; ');
    },
    value: (name) => [...cookies.values()].findLast((cookie) => cookie.name === name)?.value,
  };
}

function readCookie(
  text: string,
  url: URL,
): { readonly cookie: Cookie; readonly gone: boolean } | undefined {
  if (text.length > LONGEST_COOKIE) return undefined;
  const [pair = '', ...rest] = text.split(';');
  const at = pair.indexOf('=');
  const name = pair.slice(0, at).trim();
  if (at < 1 || name === '') return undefined;
  const attributes = new Map(
    rest.map((each) => {
      const [attribute = '', value = ''] = each.split('=');
      return [attribute.trim().toLowerCase(), value.trim()] as const;
    }),
  );
  const domain = (attributes.get('domain') ?? '').replace(/^\./, '').toLowerCase();
  // A host may speak for the domain above it, and for nobody else.
  if (domain !== '' && domain !== url.hostname && !url.hostname.endsWith(`.${domain}`))
    return undefined;
  const path = attributes.get('path') ?? '';
  const cookie = {
    name,
    value: pair.slice(at + 1).trim(),
    domain: domain === '' ? url.hostname : domain,
    hostOnly: domain === '',
    path: path.startsWith('/') ? path : url.pathname.replace(/\/[^/]*$/, '') || '/',
    secure: attributes.has('secure'),
  };
  return { cookie, gone: isGone(attributes) };
}

/** A journey is short: only a cookie that ends at once matters. */
function isGone(attributes: ReadonlyMap<string, string>): boolean {
  const age = attributes.get('max-age');
  if (age !== undefined) return Number(age) <= 0;
  const expires = Date.parse(attributes.get('expires') ?? '');
  return expires < Date.now();
}

function isFor({ domain, hostOnly, path, secure }: Cookie, url: URL): boolean {
  const host = url.hostname === domain || (!hostOnly && url.hostname.endsWith(`.${domain}`));
  const below =
    url.pathname === path ||
    (url.pathname.startsWith(path) && (path.endsWith('/') || url.pathname[path.length] === '/'));
  return host && below && (!secure || url.protocol === 'https:');
}
