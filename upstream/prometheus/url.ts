/** Parts of a URL as Go's `net/url` sees them. */
export interface GoUrl {
  readonly scheme: string;
  readonly host: string;
  readonly path: string;
}

/** Reads a URL as Go's `url.Parse` does: many strings are URLs, few are refused. */
export function goUrl(text: string): GoUrl | { readonly problem: string } {
  if (/[\u0000-\u001f\u007f]/.test(text)) return { problem: 'it has a control character' };
  const [withoutFragment = '', ...fragment] = text.split('#');
  if (isBadlyEscaped(fragment.join('#'))) return { problem: 'a % is not followed by two hexadecimal digits' };
  const scheme = /^([A-Za-z][A-Za-z\d+.-]*):/.exec(withoutFragment)?.[1] ?? '';
  if (withoutFragment.startsWith(':')) return { problem: 'it begins with a colon and has no scheme' };
  let rest = (scheme ? withoutFragment.slice(scheme.length + 1) : withoutFragment).replace(/\?.*$/s, '');
  let host = '';
  if (!rest.startsWith('/')) {
    if (scheme) return { scheme: scheme.toLowerCase(), host, path: '' };
    if (/^[^/]*:/.test(rest)) return { problem: 'it has a colon in its first part and no scheme such as http://' };
  } else if (rest.startsWith('//') && (scheme || !rest.startsWith('///'))) {
    const authority = /^\/\/([^/]*)/.exec(rest)![1]!;
    rest = rest.slice(authority.length + 2);
    const at = authority.lastIndexOf('@');
    if (at >= 0 && !/^[A-Za-z\d\-._:~!$&'()*+,;=%@]*$/.test(authority.slice(0, at)))
      return { problem: 'its user name or password has characters that must be escaped' };
    if (at >= 0 && isBadlyEscaped(authority.slice(0, at)))
      return { problem: 'a % is not followed by two hexadecimal digits' };
    host = authority.slice(at + 1);
    const problem = hostProblem(host);
    if (problem) return { problem };
  }
  if (isBadlyEscaped(rest)) return { problem: 'a % is not followed by two hexadecimal digits' };
  return { scheme: scheme.toLowerCase(), host, path: rest };
}

/** Why a string is no URL of HTTP with a host. */
export function webUrlProblem(text: string): string | undefined {
  const url = goUrl(text);
  if ('problem' in url) return `is no URL: ${url.problem}`;
  if (url.scheme !== 'http' && url.scheme !== 'https') return 'does not begin with http:// or https://';
  return url.host === '' ? 'has no host' : undefined;
}

function hostProblem(host: string): string | undefined {
  const port = host.startsWith('[') ? /\](.*)$/s.exec(host)?.[1] : (/(:[^:]*)$/.exec(host)?.[1] ?? '');
  if (port === undefined) return 'a ] of its address is missing';
  if (!/^(?::\d*)?$/.test(port)) return `${port} is no port`;
  if (!/^(?:[A-Za-z\d\-_.~!$&'()*+,;=:[\]<>"]|%25|%[89A-Fa-f][\dA-Fa-f]|[^\u0000-\u007f])*$/.test(host))
    return `${host} is no host`;
  return undefined;
}

function isBadlyEscaped(text: string): boolean {
  return /%(?![\dA-Fa-f]{2})/.test(text);
}
