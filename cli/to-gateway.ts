import { positionOf } from '../manifests/reading/yaml/position';
import { StrataError } from '../model/errors';
import { toYaml } from '../render/yaml';
import type { FormGateway, GatewayForm } from '../simulate/routing/gateway-forms';
import { gatewayForms } from '../simulate/routing/gateway-forms';
import { ingressClassOf, ingressProgramOf } from '../world/ingress-classes';
import { everyKnown } from '../world/known';
import { GATEWAY_API } from '../world/listeners';
import { ingressesOf } from '../world/routes';
import type { World } from '../world/world';
import { oneWorld } from './one-world';
import type { Run } from './options/table';
import type { toGateway } from './tables';

const COMMAND = 'strata to-gateway';

export const command: Run<typeof toGateway> = (project, given, host) => {
  const { world, unreadable } = oneWorld(project, COMMAND, given.words, given.values, host);
  const gateway = gatewayOf(world, given.values.gateway);
  const classes = [...new Set(ingressesOf(world).map((ingress) => ingressClassOf(world, ingress) ?? ''))];
  const forms = classes
    .filter((className) => ingressProgramOf(world, className)?.program === 'ingress-nginx')
    .flatMap((className) => gatewayForms(world, className, gateway));
  if (forms.length === 0)
    throw new StrataError(COMMAND, 'finds no Ingress that ingress-nginx serves', [
      'give manifests with an Ingress whose class is called nginx, or has k8s.io/ingress-nginx as its controller',
    ]);
  host.print(
    forms
      .map((form) => textOf(world, form))
      .join('---\n')
      .trimEnd(),
  );
  return unreadable ? 2 : 0;
};

/** The Gateway that is named, or the only one that is known. */
function gatewayOf(world: World, named: string | undefined): FormGateway {
  if (named !== undefined) {
    const [, namespace, name] = /^([a-z0-9][-a-z0-9]*)\/([a-z0-9][-a-z0-9.]*)$/.exec(named) ?? [];
    if (namespace !== undefined && name !== undefined) return { namespace, name };
    throw new StrataError(`--gateway ${named}`, 'is not NAMESPACE/NAME', ['write it such as --gateway edge/public']);
  }
  const [only, ...others] = everyKnown(world, 'Gateway').filter(({ group }) => group === GATEWAY_API);
  if (only && others.length === 0) return { namespace: world.namespaceOf(only), name: only.name };
  throw new StrataError(COMMAND, only ? 'finds several Gateways' : 'finds no Gateway', [
    'name the one that the routes attach to: --gateway NAMESPACE/NAME',
  ]);
}

function textOf(world: World, { host, ingresses, routes, losses }: GatewayForm): string {
  const places = losses.map(({ ingress, path, text, changesRouting }) => {
    const { line } = positionOf(ingress, path);
    return `# ${changesRouting ? 'DIFFERS' : 'note'}: ${text} (${ingress.source.file}:${line})\n`;
  });
  return [
    `# ${host === '' ? 'every host' : host}: in place of ${ingresses.map((ingress) => world.idOf(ingress)).join(', ')}\n`,
    ...places,
    routes.map((route) => toYaml(route)).join('---\n'),
  ].join('');
}
