// URLs and addresses as Go parses them, so that what a Go program refuses is refused here too.

export interface GoUrl {
  /** In lower case, '' without one. */
  readonly scheme: string;
  /** With the port, without user and password. */
  readonly host: string;
}

/** Go's `url.Parse`. @throws SyntaxError with Go's reason */
export function parseGoUrl(text: string): GoUrl {
  const hash = text.indexOf('#');
  const before = hash === -1 ? text : text.slice(0, hash);
  // eslint-disable-next-line no-control-regex
  if (/[\u0000-\u001F\u007F]/.test(before))
    throw new SyntaxError('invalid control character in URL');
  const url = parseWithoutFragment(before);
  if (hash !== -1) checkEscapes(text.slice(hash + 1));
  return url;
}

function parseWithoutFragment(text: string): GoUrl {
  const { scheme, rest: all } = splitScheme(text);
  const question = all.indexOf('?');
  const rest = question === -1 ? all : all.slice(0, question);
  if (!rest.startsWith('/')) {
    if (scheme !== '') return { scheme, host: '' };
    if ((rest.split('/', 1)[0] ?? '').includes(':')) {
      throw new SyntaxError('first path segment in URL cannot contain colon');
    }
  }
  let path = rest;
  let host = '';
  if (rest.startsWith('//') && (scheme !== '' || !rest.startsWith('///'))) {
    const end = rest.indexOf('/', 2);
    host = parseAuthority(scheme, end === -1 ? rest.slice(2) : rest.slice(2, end));
    path = end === -1 ? '' : rest.slice(end);
  }
  checkEscapes(path);
  return { scheme, host };
}

function splitScheme(text: string): { readonly scheme: string; readonly rest: string } {
  if (text.startsWith(':')) throw new SyntaxError('missing protocol scheme');
  const match = /^([a-zA-Z][a-zA-Z\d+.-]*):/.exec(text);
  if (match === null) return { scheme: '', rest: text };
  return { scheme: (match[1] ?? '').toLowerCase(), rest: text.slice(match[0].length) };
}

function parseAuthority(scheme: string, authority: string): string {
  const at = authority.lastIndexOf('@');
  const host = authority.slice(at + 1);
  checkHost(scheme, host);
  if (at !== -1) {
    const user = authority.slice(0, at);
    if (!/^[A-Za-z\d\-._:~!$&'()*+,;=%@]*$/.test(user)) throw new SyntaxError('invalid userinfo');
    checkEscapes(user);
  }
  return host;
}

function checkHost(scheme: string, host: string): void {
  const bracket = host.lastIndexOf('[');
  if (bracket > 0) throw new SyntaxError('invalid IP-literal');
  if (bracket === 0) return checkIpLiteral(host);
  const strict = scheme === 'http' || scheme === 'https';
  const colon = strict ? host.indexOf(':') : host.lastIndexOf(':');
  if (colon !== -1) checkPort(host.slice(colon));
  checkHostCharacters(host);
}

function checkIpLiteral(host: string): void {
  const close = host.lastIndexOf(']');
  if (close === -1) throw new SyntaxError("missing ']' in host");
  checkPort(host.slice(close + 1));
  const name = host.slice(1, close);
  const zone = name.indexOf('%25');
  const address = zone === -1 ? name : name.slice(0, zone);
  checkHostCharacters(address);
  if (zone === name.length - 3 && zone !== -1)
    throw new SyntaxError('zone must be a non-empty string');
  if (!isIpv6(address)) throw new SyntaxError(`invalid host: ${address} is no IPv6 address`);
}

function checkPort(port: string): void {
  if (!/^(?::\d*)?$/.test(port)) throw new SyntaxError(`invalid port "${port}" after host`);
}

function checkHostCharacters(host: string): void {
  for (let at = 0; at < host.length; at += 1) {
    const character = host.charAt(at);
    if (character === '%') {
      const escape = host.slice(at, at + 3);
      const valid = /^%[\da-fA-F]{2}$/.test(escape);
      // Only bytes beyond ASCII may be escaped in a host.
      if (!valid || (/^%[0-7]/.test(escape) && escape !== '%25')) {
        throw new SyntaxError(`invalid URL escape "${escape}"`);
      }
      at += 2;
    } else if (character <= '\u007F' && !/[A-Za-z\d\-._~!$&'()*+,;=:[\]<>"]/.test(character)) {
      throw new SyntaxError(`invalid character "${character}" in host name`);
    }
  }
}

function checkEscapes(text: string): void {
  const bad = /%(?![\da-fA-F]{2}).{0,2}/su.exec(text);
  if (bad !== null) throw new SyntaxError(`invalid URL escape "${bad[0]}"`);
}

function isIpv6(text: string): boolean {
  const halves = text.split('::');
  if (halves.length > 2) return false;
  const groups = halves.flatMap((half) => (half === '' ? [] : half.split(':')));
  const last = groups.at(-1) ?? '';
  const hasIpv4 = last.includes('.');
  const octets = last.split('.');
  if (hasIpv4) {
    const valid = octets.every(
      (octet) => /^(?:0|[1-9]\d{0,2})$/.test(octet) && Number(octet) < 256,
    );
    if (octets.length !== 4 || !valid) return false;
  }
  const plain = hasIpv4 ? groups.slice(0, -1) : groups;
  const size = plain.length + (hasIpv4 ? 2 : 0);
  return (
    plain.every((group) => /^[\da-fA-F]{1,4}$/.test(group)) &&
    (halves.length === 2 ? size < 8 : size === 8)
  );
}

/** Go's `net.SplitHostPort`. @throws SyntaxError with Go's reason */
export function splitHostPort(address: string): { readonly host: string; readonly port: string } {
  const colon = address.lastIndexOf(':');
  if (colon === -1) throw new SyntaxError('missing port in address');
  let host = address.slice(0, colon);
  let begin = 0;
  let end = 0;
  if (address.startsWith('[')) {
    end = address.indexOf(']') + 1;
    if (end === 0) throw new SyntaxError("missing ']' in address");
    if (end !== colon) {
      const many = address.charAt(end) === ':';
      throw new SyntaxError(many ? 'too many colons in address' : 'missing port in address');
    }
    host = address.slice(1, end - 1);
    begin = 1;
  } else if (host.includes(':')) {
    throw new SyntaxError('too many colons in address');
  }
  if (address.includes('[', begin)) throw new SyntaxError("unexpected '[' in address");
  if (address.includes(']', end)) throw new SyntaxError("unexpected ']' in address");
  return { host, port: address.slice(colon + 1) };
}
