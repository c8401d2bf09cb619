import { StrataError } from '../model/errors';
import type { Component } from '../model/kubernetes';
import { identityOf } from '../model/kubernetes';
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
    if (before.some(({ verbatim }) => verbatim?.has(identityOf(object))))
      throw new StrataError(place, 'it is rendered as it stands in its file, which SOPS has signed', [
        'change the file, and encrypt it again',
        'remove the patch',
      ]);
    return before.map((component) =>
      component.objects.includes(object)
        ? { ...component, objects: component.objects.map((each) => (each === object ? changed : each)) }
        : component,
    );
  }, components);
}
