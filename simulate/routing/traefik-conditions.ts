import { goRegExp } from '../../upstream/kubernetes/cel/regexp';
import type { TraefikRule } from '../../upstream/traefik/rule';
import type { Certainty } from '../../world/certainty';
import { all, some } from '../../world/certainty';
import type { OutsideRequest } from './request';
import { queryValues } from './request';

/** A request as the rules of Traefik see it. */
export interface ComparedRequest {
  readonly request: OutsideRequest;
  /** Decoded, but for reserved characters. */
  readonly path: string;
}

/**
 * Whether a rule of Traefik's syntax v3 takes a request (pkg/muxer/http/matcher.go, 3.5.0 to 3.7.9). `unknown` where it asks for the address of the
 * client, which no URL tells. @param since37 A star in `Host` stands for one label since 3.7.
 */
export function traefikTakes(rule: TraefikRule, asked: ComparedRequest, since37: boolean): Certainty {
  switch (rule.is) {
    case 'and':
      return all(rule.of.map((each) => traefikTakes(each, asked, since37)));
    case 'or':
      return some(rule.of.map((each) => traefikTakes(each, asked, since37)));
    case 'not': {
      const inner = traefikTakes(rule.of, asked, since37);
      return inner === 'unknown' ? inner : inner === 'yes' ? 'no' : 'yes';
    }
    case 'matcher':
      if (rule.name === 'ClientIP') return 'unknown';
      return matches(rule.name, rule.values, asked, since37) ? 'yes' : 'no';
  }
}

function matches(
  name: string,
  [first = '', second]: readonly string[],
  { request, path }: ComparedRequest,
  since37: boolean,
): boolean {
  const header = () => (first.toLowerCase() === 'host' ? [] : (request.headers[first.toLowerCase()] ?? []));
  const found = (pattern: string, text: string) => goRegExp(pattern)?.test(text) ?? false;
  switch (name) {
    case 'Method':
      return request.method === first.toUpperCase();
    case 'Host':
      return takesHost(first.toLowerCase(), request.host, since37);
    case 'HostRegexp':
      // Also the name behind a CNAME, which is empty unless Traefik is told to look for one.
      return found(first, request.host) || found(first, '');
    case 'Path':
      return path === first;
    case 'PathPrefix':
      // Of the text: `/app` takes `/apple`, too.
      return path.startsWith(first);
    case 'PathRegexp':
      return found(first, path);
    case 'Header':
      return header().includes(second ?? '');
    case 'HeaderRegexp':
      return header().some((value) => found(second ?? '', value));
    case 'QueryRegexp':
      if (second !== undefined) return queryValues(request, first).some((value) => found(second, value));
      return queryValues(request, first).includes('');
    case 'Query':
      return queryValues(request, first).includes(second ?? '');
    default:
      throw new Error(`no matcher ${name}`);
  }
}

function takesHost(written: string, asked: string, since37: boolean): boolean {
  if (written === '*' && since37) return true;
  const [host, own] = [asked, written].map((name) => name.replace(/\.$/, '')) as [string, string];
  return since37 && own.startsWith('*') ? host.replace(/^[^.]*/, '*') === own : host === own;
}
