import { list, mappings, string } from '../../manifests/resource';
import type { Container } from '../../manifests/workload';

/** Settings that turn off the verification of a certificate, in small letters and without what joins words. */
const SKIPS = new Set([
  'insecureskipverify',
  'insecureskiptlsverify',
  'insecureskiptls',
  'skiptlsverify',
  'skipverify',
  'skipcertverify',
  'tlsskipverify',
  'tlsskipverifyinsecure',
  'tlsinsecure',
  'tlsinsecureskipverify',
  'insecuretls',
  'kubeletinsecuretls',
  'insecuretlsskipverify',
  'sslnoverify',
  'gitsslnoverify',
]);
/** Those that turn it on. */
const VERIFIES = new Set([
  'sslverify',
  'tlsverify',
  'verifyssl',
  'verifytls',
  'verifycertificate',
  'pythonhttpsverify',
  'nodetlsrejectunauthorized',
  'rejectunauthorized',
  'proxysslverify',
]);
const [YES, NO] = [/^(true|yes|on|1)$/i, /^(false|no|off|0)$/i];

const normal = (name: string) => name.toLowerCase().replace(/[^a-z0-9]/g, '');

/** What a text, or the words of a container, say of the verification of certificates: the settings as they are written. */
export interface Verification {
  readonly skipped: readonly string[];
  readonly asked: readonly string[];
}

/** Of YAML, JSON, INI and their like. */
export function verificationIn(text: string): Verification {
  const lines = text.replace(/^\s*[#;].*$/gm, '');
  const settings = lines.matchAll(/["']?([A-Za-z_][\w.-]*)["']?\s*[:= ]\s*["']?(true|false|yes|no|on|off|0|1)\b/gi);
  return verificationOf([...settings].map(([, name = '', value = '']) => [name, value]));
}

/** Of the arguments and variables of a container; a flag without a value is on. */
export function verificationBy({ json }: Container): Verification {
  const words = [...list(json['command']), ...list(json['args'])].map((word) => {
    const [, name = '', value = 'true'] = /^--?([A-Za-z_][\w.-]*)(?:=(.*))?$/s.exec(String(word)) ?? [];
    return [name, value] as const;
  });
  const variables = mappings(json['env']).map(({ name, value }) => [String(name), string(value) ?? ''] as const);
  return verificationOf([...words, ...variables]);
}

function verificationOf(settings: readonly (readonly [name: string, value: string])[]): Verification {
  const known = settings.flatMap(([name, value]) => {
    // `server.tls_skip_verify`: the last part is the setting.
    const key = normal(name.slice(name.lastIndexOf('.') + 1));
    const isOn = YES.test(value);
    if (!isOn && !NO.test(value)) return [];
    if (SKIPS.has(key)) return [{ name, isSkipped: isOn }];
    return VERIFIES.has(key) ? [{ name, isSkipped: !isOn }] : [];
  });
  const named = (isSkipped: boolean) => known.flatMap((each) => (each.isSkipped === isSkipped ? [each.name] : []));
  return { skipped: named(true), asked: named(false) };
}

/** Names that one list has more often than the other one. */
export function moreIn(some: readonly string[], others: readonly string[]): readonly string[] {
  const count = (list: readonly string[], name: string) => list.filter((each) => each === name).length;
  return [...new Set(some)].filter((name) => count(some, name) > count(others, name));
}
