import type { DeliveryFile } from '../constructs/delivery/argocd';
import { argoObjects } from '../constructs/delivery/argocd';
import type { Delivered, Delivery } from '../constructs/delivery/delivery';
import { fluxObjects } from '../constructs/delivery/flux';

/** What hands the rendered targets to Argo CD and to Flux. */
export function deliveryFiles(product: string, delivery: Delivery, delivered: readonly Delivered[]): DeliveryFile[] {
  return [...argoObjects(product, delivery, delivered), ...fluxObjects(product, delivery, delivered)];
}
