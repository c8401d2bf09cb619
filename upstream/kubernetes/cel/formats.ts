import type { CelFunc } from '@bufbuild/cel';
import type { ProblemText } from '../formats';
import { dns1035Label, dnsLabel, dnsSubdomain, isBase64, isTime, labelValue, qualifiedName } from '../formats';
import type { Library } from './parts';
import { parseRequestUri } from './uri';
import { contentOf, opaque } from './values';

type Format = (text: string) => ProblemText;

const holds =
  (test: (text: string) => boolean, words: string): Format =>
  (text) =>
    test(text) ? undefined : words;
/** Of names that something is added to: a dash may end them. */
const prefix =
  (format: Format): Format =>
  (text) =>
    format(text.length > 1 && text.endsWith('-') ? `${text.slice(0, -2)}a` : text);

const UUID = /^[0-9a-f]{8}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{12}$/i;

const FORMATS: ReadonlyMap<string, Format> = new Map(
  Object.entries({
    dns1123Label: dnsLabel,
    dns1123Subdomain: dnsSubdomain,
    dns1035Label,
    qualifiedName,
    dns1123LabelPrefix: prefix(dnsLabel),
    dns1123SubdomainPrefix: prefix(dnsSubdomain),
    dns1035LabelPrefix: prefix(dns1035Label),
    labelValue,
    uri: holds((text) => parseRequestUri(text) !== undefined, 'invalid URI'),
    uuid: holds((text) => UUID.test(text), 'does not match the UUID format'),
    byte: holds(isBase64, 'invalid base64'),
    date: holds((text) => /^\d{4}-\d\d-\d\d$/.test(text) && isTime(`${text}T00:00:00Z`), 'invalid date'),
    datetime: holds(isTime, 'invalid datetime'),
  } satisfies Record<string, Format>),
);

/** Kubernetes' format.go: `format.dns1123Label().validate(x)`. */
export function formatFunctions({ celFunc, celMethod, MAP, STRING, DYN }: Library): CelFunc[] {
  const made = (name: string) => opaque('format', name, FORMATS.get(name));
  return [
    ...[...FORMATS.keys()].map((name) => celFunc(`format.${name}`, [], DYN, () => made(name))),
    celFunc('format.named', [STRING], DYN, (name) => opaque('optional', FORMATS.has(name) ? [made(name)] : [])),
    celMethod('validate', MAP, [STRING], DYN, function (text) {
      const words = contentOf<Format>('format', this)(text);
      return opaque('optional', words === undefined ? [] : [[words]]);
    }),
  ];
}
