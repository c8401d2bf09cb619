import { isDeepStrictEqual } from 'node:util';
import { StrataError } from '../../model/errors';
import type { KubernetesObject } from '../../model/kubernetes';
import { objectName } from '../../model/kubernetes';
import { isOfSops } from '../../model/sops';

/** SOPS signs a whole object: with one label more it is never decrypted again. */
export function refuseChangeOfSops(place: string, written: KubernetesObject, rendered: KubernetesObject): void {
  if (!isOfSops(written as unknown as Readonly<Record<string, unknown>>) || isDeepStrictEqual(written, rendered))
    return;
  const [field] = changedFields(written, rendered);
  throw new StrataError(
    place,
    `${objectName(written)} is encrypted by SOPS, which refuses an object that somebody changed, and ${field} would change`,
    [
      "let strata render the file as it is: new ExpectedSecret(…, { source: { from: 'sops', folder, revision }, keys })",
      `leave it out of the input: without: ['${written.kind}/${written.metadata.name}']`,
    ],
  );
}

function changedFields(written: KubernetesObject, rendered: KubernetesObject): string[] {
  const differing = (a: object, b: object) =>
    [...new Set([...Object.keys(a), ...Object.keys(b)])].filter(
      (key) => !isDeepStrictEqual((a as Record<string, unknown>)[key], (b as Record<string, unknown>)[key]),
    );
  return differing(written, rendered).flatMap((key) =>
    key === 'metadata' ? differing(written.metadata, rendered.metadata).map((inner) => `metadata.${inner}`) : [key],
  );
}
