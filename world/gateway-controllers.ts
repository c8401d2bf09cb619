import type { Resource } from '../manifests/resource';
import { list, record, string } from '../manifests/resource';
import type { World } from './world';

/** The controllerName of Traefik's GatewayClasses. */
export const TRAEFIK_CONTROLLER = 'traefik.io/gateway-controller';

/** What a controller of Gateways does with the filters of routes. */
export interface GatewayController {
  readonly name: string;
  /** By kind of route: the filters that it applies. @default - all but those that it lacks */
  readonly applies?: Readonly<Record<string, readonly string[]>>;
  /** The filters that its last conformance report calls unsupported; a newer version may have them. @default - none */
  readonly lacked?: readonly string[];
}

/**
 * By the controllerName of their GatewayClass. Traefik: pkg/provider/kubernetes/gateway, httproute.go and grpcroute.go, up to 3.7;
 * the others: conformance/reports of the Gateway API.
 */
const CONTROLLERS: Readonly<Record<string, GatewayController>> = {
  [TRAEFIK_CONTROLLER]: {
    name: 'Traefik',
    applies: {
      HTTPRoute: ['RequestHeaderModifier', 'ResponseHeaderModifier', 'RequestRedirect', 'URLRewrite', 'ExtensionRef'],
      GRPCRoute: ['RequestHeaderModifier', 'ExtensionRef'],
    },
  },
  'konghq.com/kic-gateway-controller': { name: 'Kong', lacked: ['RequestMirror'] },
  'alb.networking.azure.io/alb-controller': { name: 'Application Gateway for Containers', lacked: ['RequestMirror'] },
};
/** What classes are called by whoever installs these controllers. */
const USUAL_CLASSES: Readonly<Record<string, string>> = {
  traefik: TRAEFIK_CONTROLLER,
  kong: 'konghq.com/kic-gateway-controller',
  'azure-alb-external': 'alb.networking.azure.io/alb-controller',
};

/** The controller of a Gateway, if it is one whose filters are known; `certain` if its class is known and not only its usual name. */
export function controllerOf(
  world: World,
  gateway: Resource,
): { readonly controller: GatewayController; readonly certain: boolean } | undefined {
  const className = string(gateway.at(['spec', 'gatewayClassName'])) ?? '';
  const found = world.find('GatewayClass', '', className);
  const certain = found.is === 'present';
  // A class that certainly is not there has no controller.
  if (found.is === 'absent') return undefined;
  const name = certain ? (string(found.resource.at(['spec', 'controllerName'])) ?? '') : USUAL_CLASSES[className];
  const controller = name === undefined ? undefined : CONTROLLERS[name];
  return controller && { controller, certain };
}

/** The features that the status of a Gateway's class lists; undefined where it lists none. Older lists are of plain names. */
export function featuresListed(world: World, gateway: Resource): ReadonlySet<string> | undefined {
  const found = world.find('GatewayClass', '', string(gateway.at(['spec', 'gatewayClassName'])) ?? '');
  if (found.is !== 'present') return undefined;
  const names = list(found.resource.at(['status', 'supportedFeatures'])).flatMap(
    (entry) => string(entry) ?? string(record(entry)?.['name']) ?? [],
  );
  return names.length === 0 ? undefined : new Set(names);
}
