/** A request from outside, as it arrives at a gateway. */
export interface OutsideRequest {
  /** `GET`; case counts. */
  readonly method: string;
  readonly host: string;
  /** As it is sent, percent-encoded, without the query: `/a%20b`. */
  readonly path: string;
  /** Without its `?`. */
  readonly query: string;
  /** By name in lower case; a header that is sent more than once has several values. */
  readonly headers: Readonly<Record<string, readonly string[]>>;
  /** The listener's protocol and port; undefined: any listener for the host. */
  readonly scheme?: 'http' | 'https' | undefined;
  readonly port?: number | undefined;
}

/** The request for a URL; the Host header wins over the host of the URL. Undefined where it is no URL. */
export function requestFor(
  method: string,
  url: string,
  headers: readonly (readonly [string, string])[] = [],
): OutsideRequest | undefined {
  const parts = /^(?:(https?):\/\/)?([^/?#:]+|\[[^\]]+\])(?::(\d+))?(\/[^?#]*)?(?:\?([^#]*))?(?:#.*)?$/i.exec(url);
  if (!parts) return undefined;
  const [, scheme, host, port, path = '/', query = ''] = parts;
  const named: Record<string, string[]> = {};
  for (const [name, value] of headers) (named[name.toLowerCase()] ??= []).push(value);
  return {
    method,
    host: (named['host']?.[0] ?? host!).toLowerCase().replace(/:\d+$/, ''),
    path,
    query,
    headers: named,
    scheme: scheme?.toLowerCase() as 'http' | 'https' | undefined,
    port: port === undefined ? undefined : Number(port),
  };
}

/** The values of a query parameter, in order; a name that is not there has none. */
export function queryValues({ query }: OutsideRequest, name: string): readonly string[] {
  return query === '' ? [] : new URLSearchParams(query).getAll(name);
}

/** The value of a cookie; undefined where the request has none of the name. */
export function cookieOf({ headers }: OutsideRequest, name: string): string | undefined {
  for (const header of headers['cookie'] ?? [])
    for (const pair of header.split(';')) {
      const at = pair.indexOf('=');
      if (at >= 0 && pair.slice(0, at).trim() === name) return pair.slice(at + 1).trim();
    }
  return undefined;
}
