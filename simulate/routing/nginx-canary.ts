import type { Resource } from '../../manifests/resource';
import { goRegExp } from '../../upstream/kubernetes/cel/regexp';
import type { World } from '../../world/world';
import type { RoutedShare } from './answer';
import type { NginxPath } from './nginx-paths';
import { canaryPaths, isSamePath, nginxAnnotation } from './nginx-paths';
import type { OutsideRequest } from './request';
import { cookieOf } from './request';

/** The part of these requests that the canary of a path gets, 0 to 1; undefined where the path has none. The first of several counts. */
export function canaryShare(
  world: World,
  className: string,
  main: NginxPath,
  request: OutsideRequest,
): { readonly share: number; readonly shares: readonly RoutedShare[] } | undefined {
  const canary = canaryPaths(world, className).find((path) => isSamePath(path, main));
  return canary && { share: shareOf(canary.ingress, request), shares: canary.shares };
}

/** Header before cookie before weight, as the documentation of the annotations has it; no controller was asked. */
function shareOf(ingress: Resource, request: OutsideRequest): number {
  const named = nginxAnnotation(ingress, 'canary-by-header');
  const header = named === undefined ? undefined : request.headers[named.toLowerCase()]?.[0];
  if (header !== undefined) {
    const value = nginxAnnotation(ingress, 'canary-by-header-value');
    const pattern = nginxAnnotation(ingress, 'canary-by-header-pattern');
    if (value) {
      if (value === header) return 1;
    } else if (pattern) {
      if (goRegExp(pattern)?.test(header)) return 1;
    } else if (header === 'always') return 1;
    else if (header === 'never') return 0;
  }
  const cookieName = nginxAnnotation(ingress, 'canary-by-cookie');
  const cookie = cookieName === undefined ? undefined : cookieOf(request, cookieName);
  if (cookie === 'always') return 1;
  if (cookie === 'never') return 0;
  const weight = Number(nginxAnnotation(ingress, 'canary-weight') ?? 0) || 0;
  const total = Number(nginxAnnotation(ingress, 'canary-weight-total') ?? 100) || 100;
  return Math.min(1, Math.max(0, weight / total));
}
