import type { Json } from '../../manifests/resource';
import { number, record, string } from '../../manifests/resource';
import type { RoutedShare, RoutedTo } from './answer';
import { failing } from './answer';
import { mirrorOf } from './http-backends';
import type { HttpMatch } from './http-matches';
import type { OutsideRequest } from './request';
import { decodedPath, encodedPath, joinPath } from './request-path';
import type { MiddlewareChain } from './traefik-middlewares';

/** A request on its way through the filters: what the next one sees. */
export interface FilteredRequest {
  readonly request: OutsideRequest;
  readonly host: string;
  /** Still encoded. */
  readonly path: string;
}

/** How an implementation rewrites paths and redirects. */
export interface FilterStyle {
  /** The path with the matched prefix replaced. */
  readonly replacePrefix: (path: string, prefix: string, replacement: string) => string;
  readonly replaceFull: (replacement: string) => string;
  readonly location: (redirect: Redirect) => string;
  /** What an ExtensionRef does; undefined where none is known. */
  readonly extension?: (filter: Json, namespace: string) => MiddlewareChain | undefined;
}

/** What a RequestRedirect says, put together with the request. */
export interface Redirect {
  readonly request: OutsideRequest;
  readonly scheme: string | undefined;
  readonly host: string;
  readonly port: number | undefined;
  readonly path: string;
  readonly listenerPort: number | undefined;
}

/** Applies filters to shares in their order. Headers are left alone: they choose no backend. */
export function filtered(
  shares: readonly RoutedShare[],
  filters: readonly Json[],
  match: HttpMatch,
  { request, host, path }: FilteredRequest,
  style: FilterStyle,
): readonly RoutedShare[] {
  let [newHost, newPath] = [host, path];
  let unknown: string | undefined;
  const mirrors: NonNullable<ReturnType<typeof mirrorOf>>[] = [];
  for (const filter of filters) {
    const redirect = record(filter['requestRedirect']);
    if (redirect) {
      const to: RoutedTo = {
        is: 'redirect',
        status: number(redirect['statusCode']) ?? 302,
        location: style.location({
          request,
          scheme: string(redirect['scheme']),
          host: string(redirect['hostname']) ?? host,
          port: number(redirect['port']),
          path: modifiedPath(redirect['path'], match, newPath, style),
          listenerPort: match.listener.port,
        }),
      };
      return [{ share: 1, to }];
    }
    const rewrite = record(filter['urlRewrite']);
    if (rewrite) {
      newHost = string(rewrite['hostname']) ?? newHost;
      newPath = modifiedPath(rewrite['path'], match, newPath, style);
    }
    const passed =
      filter['type'] === 'ExtensionRef' ? style.extension?.(filter, match.namespace)?.(newPath) : undefined;
    if (passed?.is === 'answer') return failing(passed.status, passed.why);
    if (passed) {
      newPath = passed.path;
      unknown ??= passed.unknown;
    }
    const mirror = mirrorOf(filter, match.namespace);
    if (mirror) mirrors.push(mirror);
  }
  return shares.map(({ share, to }) =>
    to.is === 'backend'
      ? {
          share,
          to: {
            ...{ ...to, host: newHost, path: newPath || '/', mirrors: [...to.mirrors, ...mirrors] },
            ...(unknown === undefined ? {} : { unknown }),
          },
        }
      : { share, to },
  );
}

function modifiedPath(modifier: unknown, { path: { value } }: HttpMatch, path: string, style: FilterStyle): string {
  const modify = record(modifier);
  const full = string(modify?.['replaceFullPath']);
  if (modify?.['type'] === 'ReplaceFullPath' && full !== undefined) return style.replaceFull(full);
  const prefix = string(modify?.['replacePrefixMatch']);
  if (modify?.['type'] === 'ReplacePrefixMatch' && prefix !== undefined)
    return style.replacePrefix(path, value, prefix);
  return path;
}

/** As the Gateway API has it (apis/v1, HTTPPathModifier): whole elements, and a slash at the end of the prefix means nothing. */
export const GATEWAY_STYLE: FilterStyle = {
  replacePrefix: (path, prefix, replacement) => {
    const rest = path.slice(prefix.replace(/\/$/, '').length);
    if (rest === '') return replacement || '/';
    return `${replacement.replace(/\/$/, '')}${rest}`;
  },
  replaceFull: (replacement) => replacement || '/',
  location: ({ request, scheme, host, port, path, listenerPort }) => {
    const newScheme = scheme ?? request.scheme ?? 'http';
    // A scheme that is written brings its own port.
    const newPort = port ?? (scheme === undefined ? (request.port ?? listenerPort) : undefined);
    const shown = newPort === undefined || newPort === (newScheme === 'https' ? 443 : 80) ? '' : `:${newPort}`;
    return `${newScheme}://${host}${shown}${path}${queryText(request)}`;
  },
};

/** As Traefik has it (pkg/middlewares/gatewayapi): the path is decoded, cleaned and encoded again, so `%2F` becomes a slash. */
export function traefikStyle(isSince37: boolean, extension: NonNullable<FilterStyle['extension']>): FilterStyle {
  return {
    extension,
    replacePrefix: (path, prefix, replacement) => {
      const decoded = decodedPath(path);
      // TrimPrefix with what is written: `/app/` is not found in `/app`, which then stays behind the replacement.
      const rest = decoded.startsWith(prefix) ? decoded.slice(prefix.length) : decoded;
      const joined = joinPath(replacement, rest);
      return encodedPath(decoded.endsWith('/') && !joined.endsWith('/') ? `${joined}/` : joined) || '/';
    },
    replaceFull: (replacement) => encodedPath(replacement) || '/',
    location: ({ request, scheme, host, port, path }) => {
      const start = scheme ?? (isSince37 ? (request.scheme ?? 'http') : undefined);
      // The port of the request's own Host header stays, unless a scheme takes it away.
      const own = scheme === undefined ? (request.headers['host']?.[0] ?? '').match(/:(\d+)$/)?.[1] : undefined;
      const shown = port ?? own;
      return `${start === undefined ? '' : `${start}:`}//${host}${shown === undefined ? '' : `:${shown}`}${path}${queryText(request)}`;
    },
  };
}

function queryText({ query }: OutsideRequest): string {
  return query === '' ? '' : `?${query}`;
}
