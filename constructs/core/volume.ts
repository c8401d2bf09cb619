import { k8s } from 'cdk8s-plus-28';
import type { Bytes } from '../../model/quantity';
import type { Config } from './config';
import type { PodFileField, ResourceOfContainer } from './downward';
import { podFile } from './downward';

/** Something that a container can mount. Volumes of the same name in one pod are the same volume. */
export class Volume {
  /** Scratch space that goes with the pod. `size` is a hard bound: a pod that writes more is evicted. */
  static scratch(name: string, size: Bytes): Volume {
    return new Volume(name, () => ({ emptyDir: { sizeLimit: k8s.Quantity.fromString(size) } }));
  }

  /** The files of a ConfigMap or Secret that strata renders; `keys` restricts which. */
  static config(config: Config, keys?: readonly string[]): Volume {
    const items = keys && { items: itemsOf(keys) };
    return new Volume(config.baseName, () =>
      config.secret
        ? { secret: { secretName: config.name, defaultMode: 0o440, ...items } }
        : { configMap: { name: config.name, ...items } },
    );
  }

  /** Keys of a Secret that something else makes. */
  static secret(name: string, secretName: string | (() => string), keys: readonly string[]): Volume {
    const nameOf = typeof secretName === 'function' ? secretName : () => secretName;
    return new Volume(name, () => ({ secret: { secretName: nameOf(), defaultMode: 0o440, items: itemsOf(keys) } }));
  }

  /** Files that the Secrets Store CSI driver brings, as a SecretProviderClass says. */
  static provided(name: string, providerClass: () => string): Volume {
    return new Volume(name, () => ({
      csi: {
        driver: 'secrets-store.csi.k8s.io',
        readOnly: true,
        volumeAttributes: { secretProviderClass: providerClass() },
      },
    }));
  }

  /** The claim that a StatefulSet makes for each of its pods from the template of this name. */
  static claim(templateName: string): Volume {
    return new Volume(templateName, () => undefined);
  }

  /** A claim that stands on its own, `claimName`; what mounts it shares it as its access mode allows. */
  static existing(name: string, claimName: string): Volume {
    return new Volume(name, () => ({ persistentVolumeClaim: { claimName } }));
  }

  /**
   * Files that tell the pod of itself, by their paths: `{ labels: 'metadata.labels' }`. Unlike variables they follow changes of labels and
   * annotations, within about a minute; a mount with `subPath` does not.
   */
  static podInfo(name: string, files: Readonly<Record<string, PodFileField | ResourceOfContainer>>): Volume {
    const items = Object.entries(files).map(([path, of]) => podFile(path, of));
    return new Volume(name, () => ({ downwardApi: { items } }), { tells: items });
  }

  /** A folder of the node that is there, with what it has mounted below. The pod's exception must be at level `privileged`. */
  static node(name: string, path: string): Volume {
    return new Volume(name, () => ({ hostPath: { path, type: 'Directory' } }), { ofNode: true });
  }

  /** Whether it is a part of the node's own file system. */
  readonly ofNode: boolean;
  /** The files that tell the pod of itself. */
  readonly tells: readonly k8s.DownwardApiVolumeFile[];

  private constructor(
    readonly name: string,
    /** Asked for when names are final. Undefined for a claim template: the StatefulSet controller adds that volume itself. */
    private readonly source: () => Omit<k8s.Volume, 'name'> | undefined,
    kind: { readonly ofNode?: boolean; readonly tells?: readonly k8s.DownwardApiVolumeFile[] } = {},
  ) {
    this.ofNode = kind.ofNode ?? false;
    this.tells = kind.tells ?? [];
  }

  /** Mounted at a path; read-only unless said otherwise. */
  at(mountPath: string, options: { readonly writable?: boolean; readonly subPath?: string } = {}): Mount {
    return {
      volume: this,
      mountPath,
      writable: options.writable ?? false,
      ...(options.subPath === undefined ? {} : { subPath: options.subPath }),
      ...(this.ofNode ? { followsMounts: true } : {}),
    };
  }

  toKube(): k8s.Volume | undefined {
    const source = this.source();
    return source && { name: this.name, ...source };
  }
}

export interface Mount {
  readonly volume: Volume;
  readonly mountPath: string;
  readonly writable: boolean;
  /** One file or folder of the volume. Such a mount never follows changes of the volume. */
  readonly subPath?: string;
  /** What the node mounts below later is seen, too. */
  readonly followsMounts?: boolean;
}

function itemsOf(keys: readonly string[]): k8s.KeyToPath[] {
  return keys.map((key) => ({ key, path: key }));
}
