import { hash } from 'node:crypto';
import { Lazy } from 'cdk8s';
import { k8s } from 'cdk8s-plus-28';
import { Construct } from 'constructs';
import { CONFIG_KEPT, CONFIG_OF } from '../../model/kubernetes';
import type { NamespaceRef } from './namespace';

export interface ConfigProps {
  readonly namespace: NamespaceRef;
  /** Files or variables, by key; a function is called when everything is known. */
  readonly data: ConfigData | (() => ConfigData);
  /** A Secret instead of a ConfigMap. Only ephemeral environments may render one. @default false */
  readonly secret?: boolean;
  /** Earlier versions kept at least. @default - as many as its workloads keep revisions, so that a rollback finds its own */
  readonly kept?: number;
  /**
   * Whether pods roll when it changes. `false`: it is one object of one name, and running pods see other files after a minute or two,
   * for programs that look at their files again. @default true
   */
  readonly rolls?: boolean;
}

export type ConfigData = Readonly<Record<string, string>>;

/**
 * A ConfigMap or Secret whose name carries the hash of its content: a change is a new object, so the pods that name it
 * roll, pods of the old revision keep what they were started with, and `kubectl rollout undo` finds it again. It is
 * immutable, which also spares the kubelets from watching it.
 */
export class Config extends Construct {
  /** The name without the hash. */
  readonly baseName: string;
  readonly secret: boolean;
  private readonly data: () => ConfigData;
  private readonly rolls: boolean;

  constructor(scope: Construct, id: string, props: ConfigProps) {
    super(scope, id);
    const { data } = props;
    this.baseName = id;
    this.secret = props.secret ?? false;
    this.rolls = props.rolls ?? true;
    this.data = typeof data === 'function' ? () => once(this, written?.data, data) : () => data;
    const metadata: k8s.ObjectMeta = {
      name: lazily(() => this.name),
      namespace: props.namespace.name,
      ...(this.rolls
        ? {
            annotations: {
              [CONFIG_OF]: id,
              ...(props.kept === undefined ? {} : { [CONFIG_KEPT]: String(props.kept) }),
            },
          }
        : {}),
    };
    const immutable = this.rolls ? { immutable: true } : {};
    if (this.secret) {
      // Encoded here: the server turns `stringData` into `data`, and every further apply would see a difference.
      const encoded = () =>
        Object.fromEntries(
          Object.entries(this.data()).map(([key, value]) => [key, Buffer.from(value).toString('base64')]),
        );
      new k8s.KubeSecret(this, 'secret', { metadata, ...immutable, type: 'Opaque', data: lazily(encoded) });
    } else {
      new k8s.KubeConfigMap(this, 'config-map', { metadata, ...immutable, data: lazily(this.data) });
    }
  }

  /** The object's name. It is final when everything is known: ask for it late. */
  get name(): string {
    if (!this.rolls) return this.baseName;
    return once(this, written?.names, () => `${this.baseName}-${contentHash(this.data())}`);
  }
}

/** What was worked out of each config, while objects are written. */
let written: { readonly data: Map<Config, ConfigData>; readonly names: Map<Config, string> } | undefined;

/** Writes objects: all is known by now, so that what a config holds is worked out once, however many pods name it. */
export function writing<T>(write: () => T): T {
  written = { data: new Map(), names: new Map() };
  try {
    return write();
  } finally {
    written = undefined;
  }
}

function once<T>(config: Config, known: Map<Config, T> | undefined, produce: () => T): T {
  const value = known?.get(config) ?? produce();
  known?.set(config, value);
  return value;
}

/** A value that cdk8s asks for when it writes the object. */
export function lazily<T>(produce: () => T): T {
  return Lazy.any({ produce }) as T;
}

/** Ten hexadecimal digits that stand for the content, in whatever order its keys come. */
export function contentHash(content: object): string {
  const sorted = JSON.stringify(content, (_, value: unknown) =>
    value !== null && typeof value === 'object' && !Array.isArray(value)
      ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)))
      : value,
  );
  return hash('sha256', sorted).slice(0, 10);
}
