/** Whom alerts are told to. What is secret in it is read from a file, which a Secret brings. */
export type AlertReceiver =
  /** Nobody is told, and that is meant. */
  | { readonly kind: 'nobody' }
  /** An HTTP POST with the alerts as JSON. */
  | {
      readonly kind: 'webhook';
      /** The address, where it is no secret. @default - it is in the Secret */
      readonly url?: string;
      /** The TCP port of what listens there, behind whatever Service: policies let it pass. @default - that of `url`, or 443 */
      readonly port?: number;
    }
  /** An integration of PagerDuty's Events API v2; its routing key is in the Secret. */
  | { readonly kind: 'pagerduty' }
  /** An incoming webhook of Slack; its address is in the Secret. */
  | { readonly kind: 'slack'; readonly channel: string }
  | {
      readonly kind: 'email';
      readonly to: string;
      readonly from: string;
      /** Host and port; the connection is encrypted by STARTTLS, or from its start at port 465. */
      readonly smarthost: string;
      /** Who logs in; the password is in the Secret. @default - nobody logs in */
      readonly user?: string;
    };

export type ReceiverKind = AlertReceiver['kind'];

/** The part of a receiver that is secret, in words, and what its key in the Secret ends with. */
export interface ReceiverSecret {
  readonly suffix: string;
  readonly format: string;
}

/** What each kind must say, what it may say beside, and what is secret about it. */
const KINDS: Readonly<
  Record<
    ReceiverKind,
    {
      readonly needs: Readonly<Record<string, FieldRule>>;
      readonly takes: Readonly<Record<string, FieldRule>>;
    }
  >
> = {
  nobody: { needs: {}, takes: {} },
  webhook: {
    needs: {},
    takes: {
      url: [isUrl, "an address such as 'https://hooks.example.com/alerts'"],
      port: [isPort, 'a port such as 8080'],
    },
  },
  pagerduty: { needs: {}, takes: {} },
  slack: { needs: { channel: [isWord, "a channel such as '#alerts'"] }, takes: {} },
  email: {
    needs: {
      to: [isAddress, "an address such as 'team@example.com'"],
      from: [isAddress, "an address such as 'alerts@example.com'"],
      smarthost: [isSmarthost, "a host with its port such as 'smtp.example.com:587'"],
    },
    takes: { user: [isWord, 'the name of who logs in'] },
  },
};

type FieldRule = readonly [isGood: (value: unknown) => boolean, description: string];

/** What is wrong with a receiver, as the end of "is … "; undefined where nothing is. */
export function receiverProblem(given: unknown): string | undefined {
  if (given === null || typeof given !== 'object' || Array.isArray(given))
    return "not a receiver: write one such as { kind: 'slack', channel: '#alerts' }";
  const { kind, ...fields } = given as Readonly<Record<string, unknown>>;
  if (typeof kind !== 'string' || !Object.hasOwn(KINDS, kind))
    return `not a receiver: its kind is ${JSON.stringify(kind)}, and there are ${Object.keys(KINDS).join(', ')}`;
  const { needs, takes } = KINDS[kind as ReceiverKind];
  for (const [field, [isGood, description]] of Object.entries(needs)) {
    if (fields[field] === undefined) return `no ${kind} that anybody hears: it has no ${field}; write ${description}`;
    if (!isGood(fields[field])) return `wrong in its ${field}: write ${description}`;
  }
  for (const [field, value] of Object.entries(fields)) {
    const rule = takes[field];
    if (rule === undefined && needs[field] === undefined)
      return `wrong: ${kind} has no ${field}, and takes ${[...Object.keys(needs), ...Object.keys(takes)].join(', ') || 'nothing beside its kind'}`;
    if (rule && value !== undefined && !rule[0](value)) return `wrong in its ${field}: write ${rule[1]}`;
  }
  return undefined;
}

/** Receivers that are right, by their kind. */
const EXAMPLES: Readonly<Record<ReceiverKind, string>> = {
  nobody: "{ kind: 'nobody' }",
  webhook: "{ kind: 'webhook', url: 'https://alerts.example.com/hook' }",
  pagerduty: "{ kind: 'pagerduty' }",
  slack: "{ kind: 'slack', channel: '#alerts' }",
  email: "{ kind: 'email', to: 'team@example.com', from: 'alerts@example.com', smarthost: 'smtp.example.com:587' }",
};

/** A receiver of the kind that was meant. */
export function receiverExample(given: unknown): string {
  const { kind } = { ...(given as { readonly kind?: unknown } | null | undefined) };
  return EXAMPLES[typeof kind === 'string' && Object.hasOwn(EXAMPLES, kind) ? (kind as ReceiverKind) : 'slack'];
}

/** What of a receiver comes from a Secret; undefined where nothing does. */
export function secretOf(receiver: AlertReceiver): ReceiverSecret | undefined {
  switch (receiver.kind) {
    case 'nobody':
      return undefined;
    case 'webhook':
      return receiver.url === undefined
        ? { suffix: 'url', format: 'the address that alerts are posted to, one line without its line break' }
        : undefined;
    case 'pagerduty':
      return {
        suffix: 'routing-key',
        format: 'the integration key of a PagerDuty service (Events API v2), one line without its line break',
      };
    case 'slack':
      return {
        suffix: 'api-url',
        format: 'the address of an incoming webhook of Slack, one line without its line break',
      };
    case 'email':
      return receiver.user === undefined
        ? undefined
        : { suffix: 'password', format: `the password of ${receiver.user} at ${receiver.smarthost}` };
  }
}

/** The TCP port that Alertmanager connects to; undefined where it tells nobody. */
export function portOfReceiver(receiver: AlertReceiver): number | undefined {
  switch (receiver.kind) {
    case 'nobody':
      return undefined;
    case 'webhook':
      return receiver.port ?? (receiver.url === undefined ? 443 : portOfUrl(receiver.url));
    case 'email':
      return Number(receiver.smarthost.slice(receiver.smarthost.lastIndexOf(':') + 1));
    default:
      return 443;
  }
}

/** Whether it is a Service of the cluster, whose pods no address outside of it leads to. */
export function isInCluster(receiver: AlertReceiver): boolean {
  return (
    receiver.kind === 'webhook' &&
    receiver.url !== undefined &&
    /\.svc(\.cluster\.local)?\.?$/.test(new URL(receiver.url).hostname)
  );
}

function portOfUrl(url: string): number {
  const { port, protocol } = new URL(url);
  return port === '' ? (protocol === 'http:' ? 80 : 443) : Number(port);
}

function isUrl(value: unknown): boolean {
  return typeof value === 'string' && /^https?:\/\/\S+$/.test(value) && URL.canParse(value);
}

function isPort(value: unknown): boolean {
  return Number.isInteger(value) && (value as number) >= 1 && (value as number) <= 65535;
}

function isWord(value: unknown): boolean {
  return typeof value === 'string' && /^\S+$/.test(value);
}

function isAddress(value: unknown): boolean {
  return typeof value === 'string' && /^[^\s@]+@[^\s@]+$/.test(value);
}

function isSmarthost(value: unknown): boolean {
  return typeof value === 'string' && /^[^\s:]+:\d{1,5}$/.test(value) && isPort(Number(value.split(':')[1]));
}
