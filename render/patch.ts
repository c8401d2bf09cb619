import type { Component } from '../model/kubernetes';
import type { Patch } from '../model/patch';
import { withPatch } from '../model/patched';

/** The components with the target's patches applied to their objects, in the order in which they are declared. */
export function patched(
  target: { readonly name: string; readonly patches: readonly Patch[] },
  components: readonly Component[],
): readonly Component[] {
  return target.patches.reduce((before, patch) => {
    const place = `${target.name}, patch of ${patch.object}`;
    const { object, changed } = withPatch(
      place,
      patch,
      before.flatMap(({ objects }) => objects),
      'target',
    );
    return before.map((component) =>
      component.objects.includes(object)
        ? { ...component, objects: component.objects.map((each) => (each === object ? changed : each)) }
        : component,
    );
  }, components);
}
