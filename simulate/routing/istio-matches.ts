import type { Json } from '../../manifests/resource';
import { record, string } from '../../manifests/resource';
import { goRegExp } from '../../upstream/kubernetes/cel/regexp';
import type { OutsideRequest } from './request';
import { queryValues } from './request';

type Takes = (request: OutsideRequest, path: string) => boolean;
type TakesText = (text: string) => boolean;

/** What a match of a VirtualService asks of a request, as Istio tells Envoy (pilot/pkg/networking/core/route/route.go, TranslateRouteMatch, 1.31). */
export function istioCondition(match: Json): Takes {
  const conditions: Takes[] = [];
  const uri = record(match['uri']);
  if (uri) {
    const takes = pathMatch(uri, match['ignoreUriCase'] === true);
    conditions.push((_, path) => takes(path));
  }
  for (const [name, value] of Object.entries(record(match['headers']) ?? {})) conditions.push(headerMatch(name, value));
  for (const [name, value] of Object.entries(record(match['withoutHeaders']) ?? {})) {
    if (isPresence(value)) conditions.push((request) => headerOf(request, name) === undefined);
    else {
      const takes = textMatch(value);
      conditions.push((request) => !takes(headerOf(request, name) ?? ''));
    }
  }
  for (const [field, name] of [
    ['method', ':method'],
    ['authority', ':authority'],
    ['scheme', ':scheme'],
  ] as const)
    if (record(match[field])) conditions.push(headerMatch(name, match[field]));
  for (const [name, value] of Object.entries(record(match['queryParams']) ?? {})) {
    const takes = isPresence(value) ? () => true : textMatch(value);
    conditions.push((request) => {
      const [first] = queryValues(request, name);
      return first !== undefined && takes(first);
    });
  }
  return (request, path) => conditions.every((takes) => takes(request, path));
}

/** A prefix is one of the text: `/app` takes `/apple`, too. */
function pathMatch(uri: Json, ignoresCase: boolean): TakesText {
  const fold = (text: string) => (ignoresCase ? text.toLowerCase() : text);
  const [exact, prefix] = [string(uri['exact']), string(uri['prefix'])];
  if (exact !== undefined) return (path) => fold(path) === fold(exact);
  if (prefix !== undefined) return (path) => fold(path).startsWith(fold(prefix));
  return string(uri['regex']) === undefined ? () => true : textMatch(uri);
}

const KINDS = ['exact', 'prefix', 'regex'] as const;

/** `{}` and the expression `*`: it is there, whatever it is. */
function isPresence(value: unknown): boolean {
  const match = record(value);
  return !match || match['regex'] === '*' || KINDS.every((kind) => match[kind] === undefined);
}

/** Expressions match the whole text. */
function textMatch(value: unknown): TakesText {
  const match = record(value) ?? {};
  const [exact, prefix, regex] = [string(match['exact']), string(match['prefix']), string(match['regex'])];
  if (exact !== undefined) return (text) => text === exact;
  if (prefix !== undefined) return (text) => text.startsWith(prefix);
  const pattern = regex === undefined ? undefined : goRegExp(`^(?:${regex})$`);
  return (text) => pattern?.test(text) ?? false;
}

/** A header must be there, even for a match that the empty text passes. Claims of tokens are nothing that a request here has. */
function headerMatch(name: string, value: unknown): Takes {
  if (/^@request\.auth\.claims[.[]/i.test(name)) return () => false;
  const takes = isPresence(value) ? () => true : textMatch(value);
  return (request) => {
    const text = headerOf(request, name);
    return text !== undefined && takes(text);
  };
}

/** Envoy joins a header that is sent several times, cookies by `; `. */
function headerOf({ method, host, scheme, headers }: OutsideRequest, name: string): string | undefined {
  const key = name.toLowerCase();
  switch (key) {
    case ':method':
      return method;
    case 'host':
    case ':authority':
      return host;
    case ':scheme':
      return scheme ?? 'http';
    default:
      return headers[key]?.join(key === 'cookie' ? '; ' : ',');
  }
}

/** Whether a match takes every request: Istio leaves out what stands behind it. Where it stands among those of others it is moved to the end. */
export function isCatchAll(match: Json | undefined): boolean {
  if (!match) return true;
  const uri = record(match['uri']);
  const isAny =
    !uri || uri['prefix'] === '/' || uri['regex'] === '.*' || KINDS.every((kind) => uri[kind] === undefined);
  const others = ['headers', 'withoutHeaders', 'queryParams'].some(
    (field) => Object.keys(record(match[field]) ?? {}).length > 0,
  );
  return isAny && !others && !['method', 'authority', 'scheme'].some((field) => record(match[field]));
}

/** The path after `rewrite` (Envoy: prefix_rewrite, regex_rewrite): of a rule without a path or with a prefix what matched is replaced, else all. */
export function istioRewrite(rewrite: Json | undefined, match: Json | undefined, path: string): string {
  const byRegex = record(rewrite?.['uriRegexRewrite']);
  if (byRegex) {
    const pattern = string(byRegex['match']) ?? '';
    const replacement = (string(byRegex['rewrite']) ?? '').replace(/\$/g, '$$$$').replace(/\\(\d)/g, '$$$1');
    try {
      return path.replace(new RegExp(pattern, 'g'), replacement);
    } catch {
      return path;
    }
  }
  const uri = string(rewrite?.['uri']);
  if (!uri) return path;
  return replacedPath(match, path, uri);
}

/** The path with what its match takes replaced. */
export function replacedPath(match: Json | undefined, path: string, replacement: string): string {
  const matched = record(match?.['uri']);
  const prefix = matched ? string(matched['prefix']) : '/';
  return prefix === undefined ? replacement : `${replacement}${path.slice(prefix.length)}`;
}
