/** Forms of names and values, with the API server's words where they are wrong. Undefined: nothing is. */
export type ProblemText = string | undefined;

const LABEL = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/;
const LABEL_1035 = /^[a-z]([-a-z0-9]*[a-z0-9])?$/;
const SUBDOMAIN = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/;
const QUALIFIED_PART = /^([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]$/;
const LABEL_VALUE = /^(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?$/;

const LABEL_RULE =
  "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character (e.g. 'my-name', or '123-abc')";
const SUBDOMAIN_RULE =
  "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com')";

const longer = (most: number) => `must be no more than ${most} characters`;

/** RFC 1123 label: containers, volumes, namespaces. */
export function dnsLabel(value: string): ProblemText {
  if (value.length > 63) return longer(63);
  return LABEL.test(value) ? undefined : LABEL_RULE;
}

/** RFC 1035 label: Services. */
export function dns1035Label(value: string): ProblemText {
  if (value.length > 63) return longer(63);
  return LABEL_1035.test(value)
    ? undefined
    : "a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an alphabetic character, and end with an alphanumeric character (e.g. 'my-name', or 'abc-123')";
}

/** RFC 1123 subdomain: most names. */
export function dnsSubdomain(value: string): ProblemText {
  if (value.length > 253) return longer(253);
  return SUBDOMAIN.test(value) ? undefined : SUBDOMAIN_RULE;
}

/** `*.example.com` */
export function wildcardSubdomain(value: string): ProblemText {
  if (value.length > 253) return longer(253);
  return value.startsWith('*.') && SUBDOMAIN.test(value.slice(2))
    ? undefined
    : "a wildcard DNS-1123 subdomain must start with '*.', followed by a valid DNS subdomain (e.g. '*.example.com')";
}

/** A part of an URL path: names of RBAC objects. */
export function pathSegment(value: string): ProblemText {
  if (value === '.' || value === '..') return `may not be '${value}'`;
  const bad = /[/%]/.exec(value);
  return bad ? `may not contain '${bad[0]}'` : undefined;
}

/** `example.com/name`: keys of labels and annotations, and more. */
export function qualifiedName(value: string): ProblemText {
  const parts = value.split('/');
  const name = parts[parts.length - 1] ?? '';
  if (parts.length > 2)
    return "a qualified name must consist of alphanumeric characters, '-', '_' or '.', with an optional DNS subdomain prefix and '/' (e.g. 'example.com/MyName')";
  if (parts.length === 2) {
    const prefix = parts[0] ?? '';
    if (prefix === '') return 'prefix part must be non-empty';
    const wrong = dnsSubdomain(prefix);
    if (wrong) return `prefix part ${wrong}`;
  }
  if (name === '') return 'name part must be non-empty';
  if (name.length > 63) return `name part ${longer(63)}`;
  return QUALIFIED_PART.test(name)
    ? undefined
    : "name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyName', or 'my.name', or '123-abc')";
}

export function labelValue(value: string): ProblemText {
  if (value.length > 63) return longer(63);
  return LABEL_VALUE.test(value)
    ? undefined
    : "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyValue', or 'my_value', or '12345')";
}

/** Names of ports: IANA service names. */
export function portName(value: string): ProblemText {
  if (value.length > 15) return longer(15);
  if (!/^[-a-z0-9]+$/.test(value)) return 'must contain only alpha-numeric characters (a-z, 0-9), and hyphens (-)';
  if (!/[a-z]/.test(value)) return 'must contain at least one letter (a-z)';
  if (value.includes('--')) return 'must not contain consecutive hyphens';
  return value.startsWith('-') || value.endsWith('-') ? 'must not begin or end with a hyphen' : undefined;
}

/** Keys of ConfigMaps and Secrets. */
export function configKey(value: string): ProblemText {
  if (value.length > 253) return longer(253);
  if (!/^[-._a-zA-Z0-9]+$/.test(value))
    return "a valid config key must consist of alphanumeric characters, '-', '_' or '.' (e.g. 'key.name', or 'KEY_NAME', or 'key-name')";
  if (value === '.' || value === '..') return `must not be '${value}'`;
  return value.startsWith('..') ? "must not start with '..'" : undefined;
}

/** Environment variables; from 1.30 (by default from 1.32) any printable ASCII but `=`. */
export function envName(value: string, minor: number): ProblemText {
  if (minor >= 32)
    return /^[ -<>-~]+$/.test(value)
      ? undefined
      : "a valid environment variable name must consist only of printable ASCII characters other than '='";
  if (/^[-._a-zA-Z][-._a-zA-Z0-9]*$/.test(value) && value !== '.' && !value.startsWith('..')) return undefined;
  return "a valid environment variable name must consist of alphabetic characters, digits, '_', '-', or '.', and must not start with a digit (e.g. 'my.env-name', or 'MY_ENV.NAME', or 'MyEnvName1')";
}

export function httpHeaderName(value: string): ProblemText {
  return /^[-A-Za-z0-9]+$/.test(value)
    ? undefined
    : "a valid HTTP header must consist of alphanumeric characters or '-' (e.g. 'X-Header-Name')";
}

/** Whether a text, or a number, is an amount: `100m`, `1.5Gi`, `1e3`. */
export function isQuantity(value: unknown): boolean {
  if (typeof value === 'number') return Number.isFinite(value);
  return typeof value === 'string' && /^\s*[+-]?(\d+\.?\d*|\.\d+)([KMGTPE]i|[numkMGTPE]|[eE][+-]?\d+)?\s*$/.test(value);
}

const SUFFIXES: Readonly<Record<string, number>> = {
  n: 1e-9,
  u: 1e-6,
  m: 1e-3,
  '': 1,
  k: 1e3,
  M: 1e6,
  G: 1e9,
  T: 1e12,
  P: 1e15,
  E: 1e18,
  Ki: 2 ** 10,
  Mi: 2 ** 20,
  Gi: 2 ** 30,
  Ti: 2 ** 40,
  Pi: 2 ** 50,
  Ei: 2 ** 60,
};

/** The amount as a number; undefined for what is none. Exact up to 2^53, which is enough to compare. */
export function approximateQuantity(value: unknown): number | undefined {
  if (!isQuantity(value)) return undefined;
  if (typeof value === 'number') return value;
  const match = /^\s*([+-]?[\d.]+)([KMGTPE]i|[numkMGTPE])?([eE][+-]?\d+)?\s*$/.exec(value as string);
  return match ? Number(match[1] + (match[3] ?? '')) * (SUFFIXES[match[2] ?? ''] ?? 1) : undefined;
}

export function isTime(value: string): boolean {
  const match = /^(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)([.,]\d+)?(Z|[+-](\d\d):(\d\d))$/.exec(value);
  if (!match) return false;
  const [year, month, day, hour, minute, second] = match.slice(1, 7).map(Number) as [
    number,
    number,
    number,
    number,
    number,
    number,
  ];
  const date = new Date(Date.UTC(year, month - 1, day));
  return (
    month >= 1 &&
    date.getUTCMonth() === month - 1 &&
    date.getUTCDate() === day &&
    hour < 24 &&
    minute < 60 &&
    second < 60
  );
}

export function isBase64(value: string): boolean {
  const text = value.replace(/[\r\n]/g, '');
  return text.length % 4 === 0 && /^[A-Za-z0-9+/]*={0,2}$/.test(text) && isCanonical(text);
}

/** Go's decoder takes any bits under the padding, but not padding alone. */
function isCanonical(text: string): boolean {
  return !/^=|^.(==?)?$/.test(text);
}

export function ipv4(value: string): boolean {
  const parts = value.split('.');
  return parts.length === 4 && parts.every((part) => /^(0|[1-9]\d{0,2})$/.test(part) && Number(part) <= 255);
}

export function ipv6(value: string): boolean {
  const withoutZone = value;
  const v4 = /^(.*:)([\d.]+)$/.exec(withoutZone);
  const text = v4?.[2]?.includes('.') ? (ipv4(v4[2]) ? `${v4[1]}0:0` : 'no') : withoutZone;
  if (!/^[0-9a-fA-F:]+$/.test(text) || !text.includes(':')) return false;
  const halves = text.split('::');
  if (halves.length > 2) return false;
  const groups = halves.flatMap((half) => (half === '' ? [] : half.split(':')));
  if (!groups.every((group) => /^[0-9a-fA-F]{1,4}$/.test(group))) return false;
  return halves.length === 2 ? groups.length < 8 : groups.length === 8;
}

export function ip(value: string): ProblemText {
  return ipv4(value) || ipv6(value) ? undefined : 'must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)';
}

export function cidr(value: string): ProblemText {
  const match = /^([^/]+)\/(0|[1-9]\d{0,2})$/.exec(value);
  const [, address = '', bits = '999'] = match ?? [];
  const fits = ipv4(address) ? Number(bits) <= 32 : ipv6(address) && Number(bits) <= 128;
  return fits ? undefined : 'must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)';
}

export function percentage(value: string): boolean {
  return /^[0-9]+%$/.test(value);
}
