import { createHash } from 'node:crypto';
import { k8s } from 'cdk8s-plus-28';
import { Construct } from 'constructs';
import { CONFIG_KEPT, CONFIG_OF } from '../../model/kubernetes';
import type { AppNamespace } from './namespace';

export interface ConfigProps {
  readonly namespace: AppNamespace;
  /** Files or variables, by key. */
  readonly data: Readonly<Record<string, string>>;
  /** A Secret instead of a ConfigMap. Only ephemeral environments may render one. @default false */
  readonly secret?: boolean;
  /** Earlier versions kept while a rolling back may need them. @default 5 */
  readonly kept?: number;
}

/**
 * A ConfigMap or Secret whose name carries the hash of its content: a change is a new object, so the pods that name it
 * roll, pods of the old revision keep what they were started with, and `kubectl rollout undo` finds it again. It is
 * immutable, which also spares the kubelets from watching it.
 */
export class Config extends Construct {
  /** The name without the hash. */
  readonly baseName: string;
  /** The object's name. */
  readonly name: string;
  readonly secret: boolean;

  constructor(scope: Construct, id: string, props: ConfigProps) {
    super(scope, id);
    this.baseName = id;
    this.secret = props.secret ?? false;
    this.name = `${id}-${contentHash(props.data)}`;
    const metadata: k8s.ObjectMeta = {
      name: this.name,
      namespace: props.namespace.name,
      labels: { 'app.kubernetes.io/part-of': 'course', 'app.kubernetes.io/managed-by': 'strata' },
      annotations: { [CONFIG_OF]: id, [CONFIG_KEPT]: String(props.kept ?? 5) },
    };
    if (this.secret) {
      // Encoded here: the server turns `stringData` into `data`, and every further apply would see a difference.
      const data = Object.fromEntries(
        Object.entries(props.data).map(([key, value]) => [key, Buffer.from(value).toString('base64')]),
      );
      new k8s.KubeSecret(this, 'secret', { metadata, immutable: true, type: 'Opaque', data });
    } else {
      new k8s.KubeConfigMap(this, 'config-map', { metadata, immutable: true, data: props.data });
    }
  }
}

/** Ten hexadecimal digits that stand for the content, in whatever order its keys come. */
export function contentHash(content: object): string {
  const sorted = JSON.stringify(content, (_, value: unknown) =>
    value !== null && typeof value === 'object' && !Array.isArray(value)
      ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)))
      : value,
  );
  return createHash('sha256').update(sorted).digest('hex').slice(0, 10);
}
