import type { CelFunc, CelMap, CelValue } from '@bufbuild/cel';
import type { Library } from './parts';
import { parseRequestUri } from './uri';
import { CelFault, opaque, open } from './values';

/** Kubernetes' urls.go. */
export function urlFunctions({ celFunc, celMethod, STRING, BOOL, DYN, MAP }: Library): CelFunc[] {
  const part = (url: CelValue, name: string) => (open('url', url) as CelMap).get(name) as string;
  const getter = (name: string, read: (url: CelValue) => string) =>
    celMethod(name, MAP, [], STRING, function () {
      return read(this);
    });
  return [
    celFunc('isURL', [STRING], BOOL, (text) => parseRequestUri(text) !== undefined),
    celFunc('url', [STRING], DYN, (text) => {
      const parsed = parseRequestUri(text);
      if (!parsed) throw new CelFault('URL parse error during conversion from string');
      return opaque('url', new Map(Object.entries(parsed)));
    }),
    getter('getScheme', (url) => part(url, 'scheme')),
    getter('getHost', (url) => part(url, 'host')),
    getter('getHostname', (url) =>
      part(url, 'host')
        .replace(/:\d*$/, '')
        .replace(/^\[(.*)\]$/, '$1'),
    ),
    getter('getPort', (url) => /:(\d+)$/.exec(part(url, 'host'))?.[1] ?? ''),
    getter('getEscapedPath', (url) => part(url, 'path')),
    celMethod('getQuery', MAP, [], DYN, function () {
      const values = new Map<string, string[]>();
      for (const [key, value] of queryOf(part(this, 'query'))) values.set(key, [...(values.get(key) ?? []), value]);
      return values;
    }),
  ];
}

/** As Go reads it: a part with a semicolon, or with a wrong escape, is left out. */
function* queryOf(query: string): Generator<readonly [string, string]> {
  for (const pair of query.split('&')) {
    if (pair === '' || pair.includes(';')) continue;
    const at = pair.indexOf('=');
    const words = at < 0 ? [pair, ''] : [pair.slice(0, at), pair.slice(at + 1)];
    try {
      const [key = '', value = ''] = words.map((word) => decodeURIComponent(word.replace(/\+/g, ' ')));
      yield [key, value];
    } catch {
      // Go leaves it out, too.
    }
  }
}
