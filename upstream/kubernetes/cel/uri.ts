import { ipv6 } from '../formats';

export interface Uri {
  readonly scheme: string;
  /** With the port. */
  readonly host: string;
  /** As it is written in an URL. */
  readonly path: string;
  readonly query: string;
}

/** What Go's url.ParseRequestURI makes of a text; undefined where it is an error. */
export function parseRequestUri(text: string): Uri | undefined {
  if (text === '' || /[\x00-\x1f\x7f]/.test(text)) return undefined;
  if (text === '*') return { scheme: '', host: '', path: '*', query: '' };
  if (text.startsWith(':')) return undefined;
  const scheme = /^[A-Za-z][A-Za-z0-9+.-]*(?=:)/.exec(text)?.[0] ?? '';
  const rest = scheme === '' ? text : text.slice(scheme.length + 1);
  const at = rest.indexOf('?');
  const [before, query] = at < 0 ? [rest, ''] : [rest.slice(0, at), rest.slice(at + 1)];
  // Here a fragment is no fragment, but url() of Kubernetes reads it again and drops it.
  if (!before.startsWith('/'))
    return scheme === '' ? undefined : { scheme: scheme.toLowerCase(), host: '', path: '', query };
  const isAuthority = before.startsWith('//') && (scheme !== '' || !before.startsWith('///'));
  const slash = isAuthority ? before.indexOf('/', 2) : 0;
  const authority = isAuthority ? before.slice(2, slash < 0 ? undefined : slash) : '';
  const path = slash < 0 ? '' : before.slice(slash);
  // A request without scheme has no authority: the path begins with two slashes.
  if (scheme === '')
    return hasEscapes(before) ? { scheme, host: '', path: escapedPath(before), query: unfragmented(query) } : undefined;
  const user = authority.lastIndexOf('@');
  if (user >= 0 && !isUserInfo(authority.slice(0, user))) return undefined;
  const host = authority.slice(user + 1);
  if (!isHost(host) || !hasEscapes(path)) return undefined;
  return { scheme: scheme.toLowerCase(), host, path: escapedPath(path.split('#')[0]!), query: unfragmented(query) };
}

const unfragmented = (query: string) => query.split('#')[0]!;

function hasEscapes(text: string): boolean {
  return !/%(?![0-9A-Fa-f]{2})/.test(text);
}

function isUserInfo(text: string): boolean {
  return /^[A-Za-z0-9\-._:~!$&'()*+,;=%@]*$/.test(text) && hasEscapes(text);
}

function isHost(host: string): boolean {
  if (host.startsWith('[')) {
    const end = host.lastIndexOf(']');
    return end > 0 && /^(:\d*)?$/.test(host.slice(end + 1)) && ipv6(host.slice(1, end).split('%25')[0]!);
  }
  const colon = host.lastIndexOf(':');
  if (colon >= 0 && !/^:\d*$/.test(host.slice(colon))) return false;
  // Of ASCII nothing is escaped in a host.
  if (/%(?![89A-Fa-f][0-9A-Fa-f])/.test(host)) return false;
  return !/[\x00-\x20#/?@\\^`{|}]/.test(host.replace(/%../g, ''));
}

function escapedPath(path: string): string {
  return /^[A-Za-z0-9\-._~!$&'()*+,;=:@/[\]%]*$/.test(path)
    ? path
    : encodeURI(decoded(path)).replace(/[!'()*]/g, (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`);
}

function decoded(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}
