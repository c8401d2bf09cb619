import { applySets } from '../constructs/delivery/apply-sets';
import type { DeliveryFile } from '../constructs/delivery/argocd';
import { argoObjects } from '../constructs/delivery/argocd';
import type { Delivered, Delivery } from '../constructs/delivery/delivery';
import { fluxObjects } from '../constructs/delivery/flux';

/** What hands the rendered targets to Argo CD, to Flux and to kubectl. */
export function deliveryFiles(product: string, delivery: Delivery, delivered: readonly Delivered[]): DeliveryFile[] {
  return [argoObjects, fluxObjects, applySets].flatMap((files) => files(product, delivery, delivered));
}
