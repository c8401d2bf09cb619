import { isHashed, unhashed } from '../../adopt/hashed';
import type { AdoptedSource, BuiltObject, Overlay } from '../../adopt/source';
import { isTyped } from '../../cli/adopt/typed';
import type { KubernetesObject } from '../../model/kubernetes';

/** An overlay of objects whose names are those of their source, and that all come from one place. */
export function overlay(name: string, objects: readonly KubernetesObject[], more: Partial<Overlay> = {}): Overlay {
  const { prefix = '', suffix = '' } = more;
  return {
    ...{ name, from: `overlays/${name}`, prefix, suffix, reasonFor: () => undefined },
    objects: objects.map((object): BuiltObject => {
      const hashed = isHashed({ object });
      const own = hashed ? unhashed(object.metadata.name) : object.metadata.name;
      const isNamedSo = own.startsWith(prefix) && own.endsWith(suffix);
      const plain = isNamedSo ? own.slice(prefix.length, own.length - suffix.length) : own;
      return { object, name: plain, hashed, from: 'base' };
    }),
    ...more,
  };
}

/** Overlays as something to adopt. */
export function source(overlays: readonly Overlay[], more: Partial<AdoptedSource> = {}): AdoptedSource {
  return { platform: 'shop', kind: 'Kustomize', overlays, components: [], kubernetes: '1.37', isTyped, ...more };
}
