import type { Resource } from '../../manifests/resource';
import { goRegExp } from '../../upstream/kubernetes/cel/regexp';
import type { World } from '../../world/world';
import type { RoutedShare } from './answer';
import type { NginxPath } from './nginx-paths';
import { canaryPaths, isNginxCanary, isSamePath, nginxAnnotation } from './nginx-paths';
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
  const { weight, total } = canaryWeight(ingress);
  return weight / total;
}

/** The weight of a canary, 0 to its total; what is no whole number counts as 0, and as a total of 100. */
export function canaryWeight(ingress: Resource): { readonly weight: number; readonly total: number } {
  const whole = (name: string) => {
    const value = nginxAnnotation(ingress, name) ?? '';
    return isWhole(value) ? Number(value) : 0;
  };
  const total = Math.max(0, whole('canary-weight-total')) || 100;
  return { weight: Math.min(total, Math.max(0, whole('canary-weight'))), total };
}

function isWhole(value: string): boolean {
  return /^[+-]?\d+$/.test(value);
}

/** The annotations that choose requests for a canary. */
const CHOOSING = ['weight', 'by-header', 'by-header-value', 'by-header-pattern', 'by-cookie'].map(
  (name) => `canary-${name}`,
);
/** A name of HTTP (RFC 9110, token). */
const TOKEN = /^[\w!#$%&'*+.^`|~-]+$/;

/** Why an annotation of a canary, by its name without the prefix, chooses nobody or everybody; undefined where it does what it says. */
export function canaryProblem(ingress: Resource, name: string, value: string): string | undefined {
  if (name === 'canary' && !isNginxCanary(ingress) && !/^(0|f|F|false|False|FALSE)$/.test(value))
    return `canary is "true" or "false", and "${value}" counts as "false": the Ingress is no canary, and its other canary annotations do nothing`;
  if (name === 'canary-by-cookie' && /[=%]/.test(value))
    return 'canary-by-cookie is the name of a cookie, whose value always or never decides: it takes neither a share nor a value';
  if (!isNginxCanary(ingress)) return undefined;
  switch (name) {
    case 'canary':
      return CHOOSING.some((each) => nginxAnnotation(ingress, each) !== undefined)
        ? undefined
        : 'neither a weight nor a header nor a cookie chooses requests for this canary, so it gets none';
    case 'canary-weight': {
      if (!isWhole(value))
        return `canary-weight is a whole number, and "${value}" counts as 0: the canary gets no share`;
      if (Number(value) < 0) return `canary-weight ${value} is below 0: the canary gets no share`;
      const { total } = canaryWeight(ingress);
      return Number(value) > total
        ? `canary-weight ${value} is more than ${total}, all requests: the canary gets every one`
        : undefined;
    }
    case 'canary-weight-total':
      return isWhole(value) && Number(value) > 0
        ? undefined
        : `canary-weight-total is a whole number above 0, and "${value}" counts as 100`;
    case 'canary-by-header-value':
    case 'canary-by-header-pattern':
      return nginxAnnotation(ingress, 'canary-by-header')
        ? undefined
        : `${name} is ignored without canary-by-header, which names the header`;
    case 'canary-by-header':
      return TOKEN.test(value) ? undefined : `no header can be called "${value}", so canary-by-header chooses nobody`;
    case 'canary-by-cookie':
      return TOKEN.test(value) ? undefined : `no cookie can be called "${value}", so canary-by-cookie chooses nobody`;
    default:
      return undefined;
  }
}
